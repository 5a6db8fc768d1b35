/** Upper bounds of the duration histogram, in seconds: the limit of the specification, 0.1, is one of them. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** What a service counts of itself, for Prometheus. */
export interface ServiceMetrics {
  predicted(request: {
    readonly rows: number;
    /** Rows of which a feature is missing. */
    readonly incompleteRows: number;
    readonly seconds: number;
    /** Its data were not of the last session. */
    readonly isStale: boolean;
    /** A feature was missing from all rows. */
    readonly isDegraded: boolean;
  }): void;
  modelLoaded(): void;
  reloadFailed(): void;
  /** Prometheus text format 0.0.4. */
  text(): string;
}

/**
 * @param nowMs wall clock, for the age of the model
 * @param dataAgeSessions sessions that have closed since the service's own features were made; `NaN` where it has none
 */
export function serviceMetrics(nowMs: () => number, dataAgeSessions: () => number): ServiceMetrics {
  const counts = new Float64Array(bounds.length + 1);
  let seconds = 0;
  let requests = 0;
  let predictions = 0;
  let gaps = 0;
  let stale = 0;
  let degraded = 0;
  let loadedMs = Number.NaN;
  let loads = 0;
  let failures = 0;
  return {
    predicted({ rows, incompleteRows, seconds: duration, isStale, isDegraded }) {
      requests++;
      predictions += rows;
      gaps += incompleteRows;
      if (isStale) stale++;
      if (isDegraded) degraded++;
      seconds += duration;
      const bin = bounds.findIndex((bound) => duration <= bound);
      counts[bin < 0 ? bounds.length : bin]!++;
    },
    modelLoaded() {
      loads++;
      loadedMs = nowMs();
    },
    reloadFailed() {
      failures++;
    },
    text() {
      const lines: string[] = [];
      const metric = (name: string, type: string, help: string, value: number): void => {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`);
      };
      metric('preopen_predictions_total', 'counter', 'Rows predicted.', predictions);
      metric('preopen_incomplete_rows_total', 'counter', 'Rows predicted with a feature missing.', gaps);
      metric('preopen_stale_requests_total', 'counter', 'Requests on data that were not of the last session.', stale);
      metric(
        'preopen_degraded_requests_total',
        'counter',
        'Requests of which a feature had no value at all.',
        degraded,
      );
      metric('preopen_data_age_sessions', 'gauge', 'Sessions closed since the features were made.', dataAgeSessions());
      metric('preopen_model_loads_total', 'counter', 'Models put in service.', loads);
      metric('preopen_model_reload_failures_total', 'counter', 'Models that could not be put in service.', failures);
      metric('preopen_model_age_seconds', 'gauge', 'Time since the model was loaded.', (nowMs() - loadedMs) / 1000);
      metric('process_resident_memory_bytes', 'gauge', 'Resident memory.', process.memoryUsage.rss());
      const name = 'preopen_predict_duration_seconds';
      lines.push(`# HELP ${name} Time in the model, per request.`, `# TYPE ${name} histogram`);
      let below = 0;
      bounds.forEach((bound, k) => {
        below += counts[k]!;
        lines.push(`${name}_bucket{le="${bound}"} ${below}`);
      });
      lines.push(`${name}_bucket{le="+Inf"} ${requests}`, `${name}_sum ${seconds}`, `${name}_count ${requests}`);
      return `${lines.join('\n')}\n`;
    },
  };
}
