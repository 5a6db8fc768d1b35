/**
 * One row a look, sums over the tree. A row lies together in memory: a look touches one place of it, where columns of their own
 * would be as many. Plain data: another thread can go on from it.
 */
export interface LookLog {
  /** Each of `rowsAPiece` rows. */
  readonly pieces: Float64Array[];
  rows: number;
}

/** The log, by what was read. */
export interface LookColumns {
  readonly atMs: number[];
  readonly rssBytes: number[];
  readonly virtualBytes: number[];
  readonly swapBytes: number[];
  readonly threads: number[];
  readonly processes: number[];
}

const rowLength = 6;
const rowsAPiece = 512;

export const emptyLookLog = (): LookLog => ({ pieces: [], rows: 0 });

export function logLook(
  log: LookLog,
  atMs: number,
  rssBytes: number,
  virtualBytes: number,
  swapBytes: number,
  threads: number,
  processes: number,
): void {
  const row = log.rows % rowsAPiece;
  if (row === 0) log.pieces.push(new Float64Array(rowsAPiece * rowLength));
  log.rows++;
  const piece = log.pieces[log.pieces.length - 1]!;
  const at = row * rowLength;
  piece[at] = atMs;
  piece[at + 1] = rssBytes;
  piece[at + 2] = virtualBytes;
  piece[at + 3] = swapBytes;
  piece[at + 4] = threads;
  piece[at + 5] = processes;
}

export function lookColumns({ pieces, rows }: LookLog): LookColumns {
  const column = (which: number): number[] =>
    Array.from({ length: rows }, (_, k) => pieces[Math.floor(k / rowsAPiece)]![(k % rowsAPiece) * rowLength + which]!);
  return {
    atMs: column(0),
    rssBytes: column(1),
    virtualBytes: column(2),
    swapBytes: column(3),
    threads: column(4),
    processes: column(5),
  };
}
