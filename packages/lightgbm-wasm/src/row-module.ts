import { addressToDoubleModule, CodeWriter, unsigned } from './internal/wasm-bytes.ts';
import { type WasmMemory, wasm } from './internal/web-assembly.ts';
import { depthOf } from './model/contributions.ts';
import { isCategorical, MISSING, missingType, nanGoesLeft, type Tree } from './model/tree.ts';

const LOCAL_GET = 0x20;
const F64_LOAD = 0x2b;
const F64_LESS_EQUAL = 0x65;
const F64_GREATER = 0x64;
const F64_ADD = 0xa0;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const CALL = 0x10;
const F64_TYPE = 0x7c;

/** Larger models fill the instruction cache, and the plain walk is as fast. */
const MOST_NODES = 20_000;

/** Deeper trees would nest blocks beyond what engines promise to take. */
const MOST_DEPTH = 200;

/** A row's raw score, from a module that is the model. */
export interface RowModule {
  score(row: Float64Array): number;
}

function writeNode(code: CodeWriter, tree: Tree, node: number): void {
  if (node < 0) {
    code.constant(tree.leafValue[~node]!);
    return;
  }
  // The side that NaN goes to is the one that a failed comparison leads to.
  const isNanLeft = nanGoesLeft(tree, node);
  code.push(LOCAL_GET, 0, F64_LOAD, 3, ...unsigned(tree.splitFeature[node]! * 8));
  code.constant(tree.threshold[node]!);
  code.push(isNanLeft ? F64_GREATER : F64_LESS_EQUAL, IF, F64_TYPE);
  writeNode(code, tree, isNanLeft ? tree.rightChild[node]! : tree.leftChild[node]!);
  code.push(ELSE);
  writeNode(code, tree, isNanLeft ? tree.leftChild[node]! : tree.rightChild[node]!);
  code.push(END);
}

function treeBody(tree: Tree): Uint8Array {
  const code = new CodeWriter();
  code.push(0);
  writeNode(code, tree, tree.leafCount > 1 ? 0 : -1);
  code.push(END);
  return code.take();
}

/** Adds the trees in order, beginning with 0. */
function sumBody(trees: number): Uint8Array {
  const code = new CodeWriter();
  code.push(0);
  code.constant(0);
  for (let t = 0; t < trees; t++) code.push(LOCAL_GET, 0, CALL, ...unsigned(t), F64_ADD);
  code.push(END);
  return code.take();
}

function canBeCode(tree: Tree): boolean {
  if (tree.linear || depthOf(tree) > MOST_DEPTH) return false;
  for (let node = 0; node < tree.leafCount - 1; node++) {
    if (isCategorical(tree, node) || missingType(tree, node) === MISSING.zero) return false;
  }
  return true;
}

/**
 * Compiles a model of one output to comparisons and branches.
 * @returns `undefined` for models that are too large, or have categories, zero as missing value or linear leaves
 */
export function compileRowModule(trees: readonly Tree[], featureCount: number): RowModule | undefined {
  const nodes = trees.reduce((sum, tree) => sum + tree.leafCount, 0);
  if (nodes > MOST_NODES || trees.length === 0 || !trees.every(canBeCode)) return undefined;
  const pages = Math.ceil((featureCount * 8) / 65_536);
  const module = new wasm.Module(addressToDoubleModule([...trees.map(treeBody), sumBody(trees.length)], pages));
  const { run, memory } = new wasm.Instance(module, {}).exports as { run(row: number): number; memory: WasmMemory };
  const values = new Float64Array(memory.buffer, 0, featureCount);
  return {
    score(row) {
      values.set(row);
      return run(0);
    },
  };
}
