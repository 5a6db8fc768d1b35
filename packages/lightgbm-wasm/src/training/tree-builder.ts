import type { Tree } from '../model/tree.ts';
import type { BinMapper } from './bin-mapper.ts';
import type { Split } from './column-search.ts';
import { zeroIfTiny } from './doubles.ts';

/** 32-bit words with a bit set for each code. */
function bitSet(codes: readonly number[]): number[] {
  const words = new Array<number>(Math.floor(Math.max(...codes) / 32) + 1).fill(0);
  for (const code of codes) words[code >> 5] = (words[code >> 5]! | (1 << (code & 31))) >>> 0;
  return words;
}

/** Writes a tree down split by split, as LightGBM does: values of inner nodes are what the leaf was before. */
export class TreeBuilder {
  leafCount = 1;
  /** Values of the leaves; after {@link finish} with learning rate and bias. */
  readonly leafValue: Float64Array;
  private readonly leafWeight: Float64Array;
  private readonly leafRows: Int32Array;
  private readonly parentOf: Int32Array;
  private readonly splitFeature: number[] = [];
  private readonly splitGain: number[] = [];
  private readonly threshold: number[] = [];
  private readonly decisionType: number[] = [];
  private readonly leftChild: number[] = [];
  private readonly rightChild: number[] = [];
  private readonly internalValue: number[] = [];
  private readonly internalWeight: number[] = [];
  private readonly internalRows: number[] = [];
  private readonly catBoundaries: number[] = [];
  private readonly catThreshold: number[] = [];
  private shrinkage = 1;

  constructor(mostLeaves: number) {
    this.leafValue = new Float64Array(mostLeaves);
    this.leafWeight = new Float64Array(mostLeaves);
    this.leafRows = new Int32Array(mostLeaves);
    this.parentOf = new Int32Array(mostLeaves).fill(-1);
  }

  /** Splits a leaf; the right side becomes the next leaf. */
  split(
    leaf: number,
    split: Split,
    mapper: BinMapper,
    feature: number,
    gain: number,
    rows: { left: number; right: number },
  ): void {
    const node = this.leafCount - 1;
    const right = this.leafCount;
    const parent = this.parentOf[leaf]!;
    if (parent >= 0) {
      const children = this.leftChild[parent] === ~leaf ? this.leftChild : this.rightChild;
      children[parent] = node;
    }
    this.splitFeature.push(feature);
    this.splitGain.push(gain);
    this.leftChild.push(~leaf);
    this.rightChild.push(~right);
    this.parentOf[leaf] = node;
    this.parentOf[right] = node;
    this.internalWeight.push(this.leafWeight[leaf]!);
    this.internalValue.push(this.leafValue[leaf]!);
    this.internalRows.push(rows.left + rows.right);
    this.setLeaf(leaf, split.leftOutput, split.leftHessian, rows.left);
    this.setLeaf(right, split.rightOutput, split.rightHessian, rows.right);
    if (split.leftBins) this.addCategories(split.leftBins, mapper);
    else this.threshold.push(mapper.bounds[split.threshold]!);
    this.decisionType.push((split.leftBins ? 1 : 0) | (split.isDefaultLeft ? 2 : 0) | (mapper.missing << 2));
    this.leafCount++;
  }

  private setLeaf(leaf: number, value: number, weight: number, rows: number): void {
    this.leafValue[leaf] = Number.isNaN(value) ? 0 : value;
    this.leafWeight[leaf] = weight;
    this.leafRows[leaf] = rows;
  }

  private addCategories(bins: readonly number[], mapper: BinMapper): void {
    if (this.catBoundaries.length === 0) this.catBoundaries.push(0);
    this.threshold.push(this.catBoundaries.length - 1);
    this.catThreshold.push(...bitSet(bins.map((bin) => mapper.categories[bin]!)));
    this.catBoundaries.push(this.catThreshold.length);
  }

  /** Multiplies all values. */
  shrink(rate: number): void {
    for (let leaf = 0; leaf < this.leafCount; leaf++) this.leafValue[leaf] = zeroIfTiny(this.leafValue[leaf]! * rate);
    this.internalValue.forEach((value, node) => {
      this.internalValue[node] = zeroIfTiny(value * rate);
    });
    this.shrinkage *= rate;
  }

  /** Adds the score that the training began from. */
  addBias(bias: number): void {
    for (let leaf = 0; leaf < this.leafCount; leaf++) this.leafValue[leaf] = zeroIfTiny(this.leafValue[leaf]! + bias);
    this.internalValue.forEach((value, node) => {
      this.internalValue[node] = zeroIfTiny(value + bias);
    });
    this.shrinkage = 1;
  }

  /** The tree as it stands. */
  toTree(): Tree {
    const leaves = this.leafCount;
    return {
      leafCount: leaves,
      splitFeature: Int32Array.from(this.splitFeature),
      splitGain: Float32Array.from(this.splitGain),
      threshold: Float64Array.from(this.threshold),
      decisionType: Int8Array.from(this.decisionType),
      leftChild: Int32Array.from(this.leftChild),
      rightChild: Int32Array.from(this.rightChild),
      leafValue: this.leafValue.slice(0, leaves),
      leafWeight: this.leafWeight.slice(0, leaves),
      leafRows: this.leafRows.slice(0, leaves),
      internalValue: Float64Array.from(this.internalValue),
      internalWeight: Float64Array.from(this.internalWeight),
      internalRows: Int32Array.from(this.internalRows),
      catBoundaries: Int32Array.from(this.catBoundaries),
      catThreshold: Uint32Array.from(this.catThreshold),
      linear: undefined,
      shrinkage: this.shrinkage,
    };
  }
}

/** A tree of one leaf. */
export function constantTree(value: number): Tree {
  const builder = new TreeBuilder(1);
  builder.leafValue[0] = value;
  return builder.toTree();
}
