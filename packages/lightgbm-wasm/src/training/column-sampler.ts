import { rounded } from './doubles.ts';
import { Lcg } from './lcg.ts';

function shareOf(total: number, fraction: number): number {
  return Math.max(rounded(total * fraction), Math.min(1, total));
}

/** Draws the columns of each tree and each node, in the order in which LightGBM draws them. */
export class ColumnSampler {
  /** Per used column, whether this tree may split on it. */
  readonly inTree: Uint8Array;
  private readonly random: Lcg;
  private readonly byTree: number;
  private readonly byNode: number;
  private readonly all: Uint32Array;
  private drawn: Uint32Array;

  constructor(columns: number, settings: { byTree: number; byNode: number; seed: number }) {
    this.random = new Lcg(settings.seed);
    this.byTree = settings.byTree;
    this.byNode = settings.byNode;
    this.all = Uint32Array.from({ length: columns }, (_, column) => column);
    this.drawn = this.all;
    this.inTree = new Uint8Array(columns).fill(1);
    // LightGBM draws once when it sets up, and again before the first tree.
    this.startTree();
  }

  /** Draws the columns of the next tree. */
  startTree(): void {
    if (this.byTree >= 1) return;
    this.drawn = this.random.sample(this.all.length, shareOf(this.all.length, this.byTree));
    this.inTree.fill(0);
    for (const column of this.drawn) this.inTree[column] = 1;
  }

  /** Draws the columns of the next node; `undefined` if all may be used. */
  nodeColumns(): Uint8Array | undefined {
    if (this.byNode >= 1) return undefined;
    const columns = new Uint8Array(this.all.length);
    for (const at of this.random.sample(this.drawn.length, shareOf(this.drawn.length, this.byNode))) {
      columns[this.drawn[at]!] = 1;
    }
    return columns;
  }
}
