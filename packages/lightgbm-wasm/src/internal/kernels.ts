import { kernelsBase64 } from './kernels.wasm.ts';
import { type WasmMemory, wasm } from './web-assembly.ts';

/** What the WebAssembly module exports; see `assembly/` for what each does. Addresses are byte offsets. */
export interface Kernels {
  addConsecutive(q: number, pairs: number, n: number, h0: number, h1: number, h2: number, h3: number): void;
  addListed(q: number, rows: number, pairs: number, n: number, h0: number, h1: number, h2: number, h3: number): void;
  addQuads(
    entries: number,
    from: number,
    to: number,
    quads: number,
    quadBytes: number,
    rows: number,
    pairs: number,
    n: number,
    slot: number,
  ): void;
  addSparseQuads(
    entries: number,
    from: number,
    to: number,
    rowStore: number,
    rowBytes: number,
    rows: number,
    pairs: number,
    n: number,
    slot: number,
    chunk: number,
  ): void;
  addWide(column: number, rows: number, pairs: number, n: number, histogram: number): void;
  gatherPairs(pairs: number, rows: number, n: number, out: number): void;
  gatherQuads(
    store: number,
    rowBytes: number,
    rows: number,
    n: number,
    from: number,
    to: number,
    capacity: number,
    out: number,
  ): number;
  subtract(larger: number, smaller: number, bytes: number): void;
  fixMostFrequent(histogram: number, bins: number, mostFrequent: number, gradient: number, hessian: number): void;
  searchSplit(
    histogram: number,
    bins: number,
    offset: number,
    skipped: number,
    nanBin: number,
    forward: number,
    gradient: number,
    hessian: number,
    rowCount: number,
    shift: number,
    minRows: number,
    minHessian: number,
    l2: number,
    out: number,
  ): void;
  partition(column: number, wide: number, rows: number, n: number, goesRight: number, spare: number): number;
  listAll(list: number, n: number): void;
  sumPairs(pairs: number, rows: number, n: number, out: number): void;
  addValue(scores: number, rows: number, n: number, value: number): void;
  squaredErrorPairs(scores: number, labels: number, n: number, pairs: number): void;
  binIntoQuad(values: number, n: number, bounds: number, half: number, nanBin: number, quad: number): void;
  binIntoWide(values: number, n: number, bounds: number, half: number, nanBin: number, column: number): void;
  sortDoubles(values: number, n: number, spare: number, counts: number): void;
  parseNumbers(
    text: number,
    length: number,
    powers: number,
    fives: number,
    values: number,
    hard: number,
    hardCount: number,
  ): number;
  parseWholes(text: number, length: number, values: number): number;
  fillPlane(source: number, plane: number, n: number, nan: number): void;
  fillPlaneZeroMissing(source: number, plane: number, n: number, missing: number): void;
  fillPlaneOfSet(source: number, plane: number, n: number, set: number): void;
  fillPlaneFromSingle(source: number, plane: number, n: number, nan: number): void;
  fillPlaneOfMissing(source: number, plane: number, n: number, zero: number): void;
  addTree(tree: number, leaves: number, planes: number, n: number, out: number, outBytes: number): void;
  addAnyTree(
    tree: number,
    leaves: number,
    planes: number,
    n: number,
    out: number,
    outBytes: number,
    sets: number,
  ): void;
  scoreRow(plan: number): number;
  encodePlane(values: number, n: number, table: number, codes: number): void;
  encodeSet(sides: number, n: number, codes: number): void;
  addCodedTrees(
    trees: number,
    treeCount: number,
    codes: number,
    n: number,
    cells: number,
    firstNode: number,
    sums: number,
    rowBytes: number,
  ): void;
}

const SHARED = 3;
const UNSHARED = 1;

const compiled = new Map<boolean, object>();

/** The compiled kernels, for a shared or an unshared memory. */
export function kernelsModule(isShared: boolean): object {
  const known = compiled.get(isShared);
  if (known) return known;
  const bytes = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  if (!isShared) {
    // The module is compiled for shared memory, which browsers allow on isolated pages only. Its single memory import,
    // "env" "memory", differs in one flag, so the same code serves both.
    const name = [...'\u0003env\u0006memory\u0002'].map((character) => character.charCodeAt(0));
    const at = bytes.findIndex((_, start) => name.every((byte, k) => bytes[start + k] === byte));
    if (bytes[at + name.length] !== SHARED) throw new Error('The embedded kernels do not import a shared memory.');
    bytes[at + name.length] = UNSHARED;
  }
  const module = new wasm.Module(bytes);
  compiled.set(isShared, module);
  return module;
}

/** Binds the kernels to a memory. */
export function bindKernels(memory: WasmMemory, module: object): Kernels {
  return new wasm.Instance(module, { env: { memory } }).exports as Kernels;
}
