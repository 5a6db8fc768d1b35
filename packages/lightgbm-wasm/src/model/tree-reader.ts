import { ModelFormatError } from '../errors.ts';
import type { LineReader } from './line-reader.ts';
import { numberList, type Place, parseDecimal, wholeList, wholeNumber } from './number-parsing.ts';
import type { LinearLeaves, Tree } from './tree.ts';

/** The lines of one tree block, by key. */
class Fields {
  private readonly values = new Map<string, { value: string; line: number }>();
  private readonly firstLine: number;
  private readonly index: number;

  constructor(lines: LineReader, index: number) {
    const head = lines.next()!;
    this.firstLine = lines.lineNumber;
    this.index = index;
    if (head !== `Tree=${index}`) {
      throw new ModelFormatError(`expected Tree=${index}, found "${head.slice(0, 40)}"`, this.place('Tree'));
    }
    for (let line = lines.peek(); line !== undefined && line !== ''; line = lines.peek()) {
      const at = line.indexOf('=');
      if (at < 0) break;
      lines.next();
      const key = line.slice(0, at);
      if (this.values.has(key)) {
        throw new ModelFormatError(`is given twice in tree ${index}`, { line: lines.lineNumber, field: key });
      }
      this.values.set(key, { value: line.slice(at + 1), line: lines.lineNumber });
    }
  }

  has(field: string): boolean {
    return this.values.has(field);
  }

  place(field: string): Place {
    return { line: this.values.get(field)?.line ?? this.firstLine, field };
  }

  text(field: string): string {
    const found = this.values.get(field);
    if (!found) throw new ModelFormatError(`is missing in tree ${this.index}`, this.place(field));
    return found.value;
  }

  whole(field: string, least: number, most: number): number {
    return wholeNumber(this.text(field), this.place(field), least, most);
  }

  wholes(field: string, count: number, optional = false): Int32Array {
    if (optional && !this.has(field)) return new Int32Array(count);
    const list = wholeList(this.text(field), this.place(field));
    if (list.length !== count) {
      throw new ModelFormatError(`has ${list.length} numbers, tree ${this.index} needs ${count}`, this.place(field));
    }
    return list;
  }

  numbers(field: string, count: number, optional = false): Float64Array {
    if (optional && !this.has(field)) return new Float64Array(count);
    return numberList(this.text(field), this.place(field), count);
  }

  /** Lists of several leaves in one line, with a second space after each leaf's group. */
  grouped(field: string, count: number): Float64Array {
    const text = this.text(field)
      .split(' ')
      .filter((word) => word !== '')
      .join(' ');
    return numberList(text, this.place(field), count);
  }
}

/** Every node but the root, and every leaf, must be some node's child exactly once: then it is one tree, no cycle. */
function checkChildren(fields: Fields, left: Int32Array, right: Int32Array, leafCount: number): void {
  const nodeSeen = new Uint8Array(leafCount - 1);
  const leafSeen = new Uint8Array(leafCount);
  for (const [field, children] of [['left_child', left] as const, ['right_child', right] as const]) {
    for (let node = 0; node < children.length; node++) {
      const child = children[node]!;
      if (child === 0 || child >= leafCount - 1 || ~child >= leafCount) {
        throw new ModelFormatError(`node ${node} has child ${child}, which is out of range`, fields.place(field));
      }
      const seen = child > 0 ? nodeSeen : leafSeen;
      const at = child > 0 ? child : ~child;
      if (seen[at]) throw new ModelFormatError(`node ${node}'s child ${child} has another parent`, fields.place(field));
      seen[at] = 1;
    }
  }
  // As many children as places: one parent each rules out unreachable parts except a cycle apart from the root.
  const stack = new Int32Array(leafCount);
  let height = 1;
  let visited = 0;
  while (height > 0) {
    const node = stack[--height]!;
    visited++;
    if (left[node]! > 0) stack[height++] = left[node]!;
    if (right[node]! > 0) stack[height++] = right[node]!;
  }
  if (visited !== leafCount - 1) {
    throw new ModelFormatError(`only ${visited} of ${leafCount - 1} nodes hang together`, fields.place('left_child'));
  }
}

function checkNodes(fields: Fields, tree: Tree, decisions: Int32Array, featureCount: number): void {
  const ranges = tree.catBoundaries.length - 1;
  for (let node = 0; node < tree.leafCount - 1; node++) {
    const feature = tree.splitFeature[node]!;
    if (feature < 0 || feature >= featureCount) {
      throw new ModelFormatError(
        `node ${node} asks for column ${feature} of ${featureCount}`,
        fields.place('split_feature'),
      );
    }
    // As read: eight bits would make sense of some that have none.
    const decision = decisions[node]!;
    if (decision < 0 || decision > 11) {
      throw new ModelFormatError(`node ${node} has ${decision}, which means nothing`, fields.place('decision_type'));
    }
    const threshold = tree.threshold[node]!;
    if (Number.isNaN(threshold)) {
      throw new ModelFormatError(`node ${node} has a threshold that is not a number`, fields.place('threshold'));
    }
    if (decision & 1 && !(Number.isInteger(threshold) && threshold >= 0 && threshold < ranges)) {
      throw new ModelFormatError(
        `node ${node} names category set ${threshold} of ${ranges}`,
        fields.place('threshold'),
      );
    }
  }
}

function readCategories(fields: Fields, count: number): Pick<Tree, 'catBoundaries' | 'catThreshold'> {
  if (count === 0) return { catBoundaries: new Int32Array(0), catThreshold: new Uint32Array(0) };
  const catBoundaries = fields.wholes('cat_boundaries', count + 1);
  for (let k = 0; k < count; k++) {
    if (catBoundaries[0] !== 0 || catBoundaries[k + 1]! <= catBoundaries[k]!) {
      throw new ModelFormatError('must begin at 0 and rise', fields.place('cat_boundaries'));
    }
  }
  const words = fields.numbers('cat_threshold', catBoundaries[count]!);
  const catThreshold = Uint32Array.from(words);
  if (words.some((word, k) => word !== catThreshold[k])) {
    throw new ModelFormatError('holds a word that is not 32 bits wide', fields.place('cat_threshold'));
  }
  return { catBoundaries, catThreshold };
}

function readLinear(fields: Fields, leafCount: number, featureCount: number): LinearLeaves {
  const counts = fields.wholes('num_features', leafCount);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.some((count) => count < 0)) {
    throw new ModelFormatError('holds a negative count', fields.place('num_features'));
  }
  const allFeatures = fields.grouped('leaf_features', total);
  if (allFeatures.some((feature) => !(Number.isInteger(feature) && feature >= 0 && feature < featureCount))) {
    throw new ModelFormatError(`names a column outside the ${featureCount}`, fields.place('leaf_features'));
  }
  const allCoefficients = fields.grouped('leaf_coeff', total);
  const features: Int32Array[] = [];
  const coefficients: Float64Array[] = [];
  let at = 0;
  for (const count of counts) {
    features.push(Int32Array.from(allFeatures.subarray(at, at + count)));
    coefficients.push(allCoefficients.slice(at, at + count));
    at += count;
  }
  return { constant: fields.numbers('leaf_const', leafCount), features, coefficients };
}

/** LightGBM itself leaves leaf weights and counts of a constant tree out when it writes a model that it has read. */
function countOfLeaves(fields: Fields, field: string, leafCount: number): number {
  return leafCount === 1 && fields.has(field) && fields.text(field) === '' ? 0 : leafCount;
}

// A plain loop: typed arrays' callbacks cost as much as the parsing.
function hasNaN(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

/**
 * Reads one `Tree=` block.
 * @throws ModelFormatError with line and field
 */
export function readTree(lines: LineReader, index: number, featureCount: number): Tree {
  const fields = new Fields(lines, index);
  const leafCount = fields.whole('num_leaves', 1, 1e8);
  const catCount = fields.whole('num_cat', 0, 1e8);
  const nodes = leafCount - 1;
  const isConstant = nodes === 0;
  const shrinkageText = fields.has('shrinkage') ? fields.text('shrinkage') : '1';
  const shrinkage = parseDecimal(shrinkageText);
  if (shrinkage === undefined) {
    throw new ModelFormatError(`"${shrinkageText.slice(0, 40)}" is not a number`, fields.place('shrinkage'));
  }
  const leafValue = fields.numbers('leaf_value', leafCount);
  if (hasNaN(leafValue)) {
    throw new ModelFormatError('holds a value that is not a number', fields.place('leaf_value'));
  }
  const leftChild = fields.wholes('left_child', nodes, isConstant);
  const rightChild = fields.wholes('right_child', nodes, isConstant);
  const isLinear = fields.has('is_linear') && fields.whole('is_linear', 0, 1) === 1;
  const decisions = fields.wholes('decision_type', nodes, true);
  const decisionType = new Int8Array(decisions);
  const tree: Tree = {
    leafCount,
    splitFeature: fields.wholes('split_feature', nodes, isConstant),
    splitGain: new Float32Array(fields.numbers('split_gain', nodes, true)),
    threshold: fields.numbers('threshold', nodes, isConstant),
    decisionType,
    leftChild,
    rightChild,
    leafValue,
    leafWeight: fields.numbers('leaf_weight', countOfLeaves(fields, 'leaf_weight', leafCount), true),
    leafRows: fields.wholes('leaf_count', countOfLeaves(fields, 'leaf_count', leafCount), true),
    internalValue: fields.numbers('internal_value', nodes, true),
    internalWeight: fields.numbers('internal_weight', nodes, true),
    internalRows: fields.wholes('internal_count', nodes, true),
    ...readCategories(fields, catCount),
    linear: isLinear ? readLinear(fields, leafCount, featureCount) : undefined,
    shrinkage,
  };
  if (!isConstant) checkChildren(fields, leftChild, rightChild, leafCount);
  checkNodes(fields, tree, decisions, featureCount);
  return tree;
}
