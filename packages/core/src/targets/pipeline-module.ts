/** What a pipeline module's `run` is given. */
export interface PipelineModuleContext {
  /** The dataset folder. */
  readonly inputDir: string;
  /** Folder for `predictions.csv` or `predictions.parquet`. */
  readonly outputDir: string;
  /** Aborted when the run is to end early. */
  readonly signal: AbortSignal;
  /**
   * Times one stage of the work.
   * @param work may report how many rows it handled
   */
  stage<T>(name: string, work: (reportRows: (rows: number) => void) => T | Promise<T>): Promise<T>;
}

/** A pipeline as a JS module: it exports `run`, by name or in its default export. */
export interface PipelineModule {
  /** Reads the dataset of the context and writes the predictions to its output folder. */
  run(context: PipelineModuleContext): void | Promise<void>;
}

/** Announces stages as the NDJSON lines that a pipeline in any language writes. */
export function stageAnnouncer(write: (line: string) => void): PipelineModuleContext['stage'] {
  return async (stage, work) => {
    write(JSON.stringify({ stage, event: 'start' }));
    let rows: number | undefined;
    const result = await work((count) => {
      rows = count;
    });
    // A stage that threw stays open: it has no duration.
    write(JSON.stringify({ stage, event: 'end', rows }));
    return result;
  };
}
