import { featureImportance, type Model } from './model.ts';
import { formatSignificant } from './number-format.ts';
import type { Tree } from './tree.ts';

const exact = (values: Float64Array): string => Array.from(values, (v) => formatSignificant(v, 17)).join(' ');
const short = (values: Float64Array | Float32Array): string =>
  Array.from(values, (v) => formatSignificant(v, 6)).join(' ');

function linearLines(tree: Tree): string {
  if (!tree.linear) return '';
  const { constant, features, coefficients } = tree.linear;
  // Each leaf's group ends with a space of its own, and an empty one is a space too.
  const groups = (text: (leaf: number) => string): string =>
    features.map((list, leaf) => (list.length > 0 ? `${text(leaf)} ` : '')).join(' ');
  return (
    `leaf_const=${exact(constant)}\nnum_features=${features.map((list) => list.length).join(' ')}\n` +
    `leaf_features=${groups((leaf) => features[leaf]!.join(' '))} \n` +
    `leaf_coeff=${groups((leaf) => exact(coefficients[leaf]!))} \n`
  );
}

function treeText(tree: Tree, index: number): string {
  const cats = tree.catBoundaries.length > 0 ? tree.catBoundaries.length - 1 : 0;
  return (
    `Tree=${index}\nnum_leaves=${tree.leafCount}\nnum_cat=${cats}\nsplit_feature=${tree.splitFeature.join(' ')}\n` +
    `split_gain=${short(tree.splitGain)}\nthreshold=${exact(tree.threshold)}\n` +
    `decision_type=${tree.decisionType.join(' ')}\nleft_child=${tree.leftChild.join(' ')}\n` +
    `right_child=${tree.rightChild.join(' ')}\nleaf_value=${exact(tree.leafValue)}\n` +
    `leaf_weight=${exact(tree.leafWeight)}\nleaf_count=${tree.leafRows.join(' ')}\n` +
    `internal_value=${short(tree.internalValue)}\ninternal_weight=${short(tree.internalWeight)}\n` +
    `internal_count=${tree.internalRows.join(' ')}\n` +
    (cats > 0 ? `cat_boundaries=${tree.catBoundaries.join(' ')}\ncat_threshold=${tree.catThreshold.join(' ')}\n` : '') +
    `is_linear=${tree.linear ? 1 : 0}\n${linearLines(tree)}shrinkage=${formatSignificant(tree.shrinkage, 6)}\n\n\n`
  );
}

/** As C++ turns a double into a 64-bit count: digits of its own beyond 2^53, and nothing beyond 2^64. */
function asCount(value: number): bigint {
  return value < 2 ** 64 ? BigInt(Math.trunc(value)) : 0n;
}

function importanceLines(model: Model): string {
  if (model.importances !== undefined) return model.importances;
  const kind = /^\[saved_feature_importance_type: 1\]$/m.test(model.parameters ?? '') ? 'gain' : 'split';
  const counted = Array.from(featureImportance(model, kind), (value, feature) => ({
    name: model.featureNames[feature]!,
    count: asCount(value),
  })).filter(({ count }) => count > 0n);
  counted.sort((a, b) => Number(b.count - a.count));
  return counted.map(({ name, count }) => `${name}=${count}\n`).join('');
}

/** The model as LightGBM 4's text, byte for byte what LightGBM writes. */
export function writeModel(model: Model): string {
  const trees = model.trees.map(treeText);
  const header = [
    'tree',
    'version=v4',
    `num_class=${model.classCount}`,
    `num_tree_per_iteration=${model.treesPerIteration}`,
    `label_index=${model.labelIndex}`,
    `max_feature_idx=${model.featureCount - 1}`,
    ...(model.objective === undefined ? [] : [`objective=${model.objective}`]),
    ...(model.averageOutput ? ['average_output'] : []),
    `feature_names=${model.featureNames.join(' ')}`,
    ...(model.monotoneConstraints ? [`monotone_constraints=${model.monotoneConstraints.join(' ')}`] : []),
    `feature_infos=${model.featureInfos.join(' ')}`,
    `tree_sizes=${trees.map((text) => text.length).join(' ')}`,
  ].join('\n');
  const parameters = model.parameters === undefined ? '' : `\nparameters:\n${model.parameters}\nend of parameters\n`;
  return (
    `${header}\n\n${trees.join('')}end of trees\n\nfeature_importances:\n${importanceLines(model)}` +
    parameters +
    model.trailer
  );
}
