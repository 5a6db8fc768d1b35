import { Lcg } from '../../src/training/lcg.ts';

/** A random model's text: numeric nodes of all missing types and, unless `isNumeric`, categorical ones. */
export function aModelText(options: {
  seed: number;
  trees: number;
  leaves: number;
  features: number;
  isNumeric?: boolean | undefined;
  classes?: number | undefined;
}): string {
  const random = new Lcg(options.seed);
  const pick = <T>(list: readonly T[]): T => list[random.int() % list.length]!;
  const trees = Array.from({ length: options.trees }, (_, index) => {
    const leaves = 1 + (random.int() % options.leaves);
    const nodes = leaves - 1;
    const left: number[] = [];
    const right: number[] = [];
    // Split a random leaf again and again, as training does.
    const parent = [-1];
    for (let node = 0; node < nodes; node++) {
      const leaf = random.int() % (node + 1);
      const above = parent[leaf]!;
      if (above >= 0) {
        const side = left[above] === ~leaf ? left : right;
        side[above] = node;
      }
      left.push(~leaf);
      right.push(~(node + 1));
      parent[leaf] = node;
      parent[node + 1] = node;
    }
    const kinds = options.isNumeric ? [0, 2, 4, 6, 8, 10] : [0, 2, 4, 6, 8, 10, 1, 9];
    const decision = left.map(() => pick(kinds));
    const sets: number[][] = [];
    const threshold = decision.map((kind) => {
      if ((kind & 1) === 0)
        return pick([
          'inf',
          '-inf',
          '0',
          '-1.5',
          '0.25',
          '1.0000000180025095e-35',
          '2',
          String(random.uniform() * 4 - 2),
        ]);
      sets.push([random.int() >>> 0, ...(random.int() % 2 ? [random.int() >>> 0] : [])]);
      return String(sets.length - 1);
    });
    const boundaries = [0];
    for (const set of sets) boundaries.push(boundaries.at(-1)! + set.length);
    const ones = left.map(() => 1).join(' ');
    const lines = [
      `Tree=${index}`,
      `num_leaves=${leaves}`,
      `num_cat=${sets.length}`,
      `split_feature=${left.map(() => random.int() % options.features).join(' ')}`,
      `split_gain=${ones}`,
      `threshold=${threshold.join(' ')}`,
      `decision_type=${decision.join(' ')}`,
      `left_child=${left.join(' ')}`,
      `right_child=${right.join(' ')}`,
      `leaf_value=${Array.from({ length: leaves }, () => random.uniform() - 0.5).join(' ')}`,
      `leaf_weight=${Array.from({ length: leaves }, () => 1).join(' ')}`,
      `leaf_count=${Array.from({ length: leaves }, () => 1).join(' ')}`,
      `internal_value=${ones}`,
      `internal_weight=${ones}`,
      `internal_count=${ones}`,
      ...(sets.length > 0 ? [`cat_boundaries=${boundaries.join(' ')}`, `cat_threshold=${sets.flat().join(' ')}`] : []),
      'is_linear=0',
      'shrinkage=0.1',
    ];
    return `${lines.join('\n')}\n\n\n`;
  });
  const names = Array.from({ length: options.features }, (_, i) => `f${i}`);
  const header = [
    'tree',
    'version=v4',
    `num_class=${options.classes ?? 1}`,
    `num_tree_per_iteration=${options.classes ?? 1}`,
    'label_index=0',
    `max_feature_idx=${options.features - 1}`,
    options.classes ? `objective=multiclass num_class:${options.classes}` : 'objective=regression',
    `feature_names=${names.join(' ')}`,
    `feature_infos=${names.map(() => '[0:1]').join(' ')}`,
    `tree_sizes=${trees.map((text) => text.length).join(' ')}`,
  ];
  return `${header.join('\n')}\n\n${trees.join('')}end of trees\n\nfeature_importances:\n`;
}
