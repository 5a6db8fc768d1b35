/** A model file that cannot be read. Says where: the line (from 1) and the field. */
export class ModelFormatError extends Error {
  override readonly name: string = 'ModelFormatError';
  readonly line: number;
  readonly field: string;

  constructor(problem: string, place: { line: number; field: string }) {
    super(`model text, line ${place.line}, ${place.field}: ${problem}`);
    this.line = place.line;
    this.field = place.field;
  }
}

/** A training parameter that is unknown, out of range, or asks for what this engine leaves out. */
export class ParameterError extends Error {
  override readonly name: string = 'ParameterError';
}

/** Data of a wrong shape or with values that the objective cannot take. */
export class DataError extends Error {
  override readonly name: string = 'DataError';
}
