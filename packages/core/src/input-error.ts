/**
 * The caller gave something that cannot be used: a wrong argument, an unreadable config, a broken file.
 * The message says what was read, what was expected and what to do; nothing has been started or written.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** Stable code for people and scripts, such as `E102`; absent where a caller has nothing to branch on. */
  readonly code: string | undefined;
  /** Where the input stands: file, path inside a config, or argument. */
  readonly at: string | undefined;

  constructor(message: string, options: { code?: string; at?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.at = options.at;
  }
}
