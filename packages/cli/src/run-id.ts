/** A run's name: when it began (UTC) and its suite, safe in a path. */
export function runId(wallMs: number, suite: string): string {
  const time = new Date(wallMs).toISOString().slice(0, 19).replace(/:/g, '');
  return `${time}-${suite.replace(/[^A-Za-z0-9._-]+/g, '-')}`;
}
