import { ModelFormatError } from '../errors.ts';
import { LineReader } from './line-reader.ts';
import type { Model } from './model.ts';
import { numberList, parseDecimal, wholeList, wholeNumber } from './number-parsing.ts';
import { outputTransform } from './objective-output.ts';
import type { Tree } from './tree.ts';
import { readTree } from './tree-reader.ts';

const VERSIONS = new Set(['v3', 'v4']);

interface Header {
  readonly fields: ReadonlyMap<string, { value: string; line: number }>;
  readonly lastLine: number;
}

function readHeader(lines: LineReader): Header {
  const fields = new Map<string, { value: string; line: number }>();
  for (;;) {
    const text = lines.peek();
    if (text === undefined) {
      throw new ModelFormatError('the text ends before any tree and before "end of trees"', {
        line: lines.lineNumber,
        field: 'header',
      });
    }
    if (text.startsWith('Tree=') || text === 'end of trees') break;
    lines.next();
    if (text === '') continue;
    const at = text.indexOf('=');
    const key = at < 0 ? text : text.slice(0, at);
    if (fields.has(key)) {
      throw new ModelFormatError('is given twice', { line: lines.lineNumber, field: key });
    }
    fields.set(key, { value: at < 0 ? '' : text.slice(at + 1), line: lines.lineNumber });
  }
  return { fields, lastLine: lines.lineNumber };
}

function required(header: Header, field: string): { value: string; line: number } {
  const found = header.fields.get(field);
  if (!found) throw new ModelFormatError('is missing in the header', { line: header.lastLine, field });
  return found;
}

function wholeField(header: Header, field: string, least: number): number {
  const { value, line } = required(header, field);
  return wholeNumber(value, { line, field }, least, 1e7);
}

function words(header: Header, field: string, count: number): string[] {
  const { value, line } = required(header, field);
  const list = value.split(' ').filter((word) => word !== '');
  if (list.length !== count) {
    throw new ModelFormatError(`has ${list.length} entries, max_feature_idx asks for ${count}`, { line, field });
  }
  return list;
}

function readTrees(lines: LineReader, header: Header, featureCount: number): Tree[] {
  const sizes = header.fields.get('tree_sizes');
  const expected = sizes ? wholeList(sizes.value, { line: sizes.line, field: 'tree_sizes' }) : undefined;
  const trees: Tree[] = [];
  for (;;) {
    const text = lines.peek();
    if (text === undefined) {
      throw new ModelFormatError(`the text ends after ${trees.length} trees, without "end of trees": it is cut off`, {
        line: lines.lineNumber,
        field: 'Tree',
      });
    }
    if (text === '') {
      lines.next();
      continue;
    }
    if (text === 'end of trees') break;
    if (!text.startsWith('Tree=')) {
      throw new ModelFormatError(`expected "Tree=${trees.length}" or "end of trees", found "${text.slice(0, 60)}"`, {
        line: lines.lineNumber + 1,
        field: 'Tree',
      });
    }
    const start = lines.offset;
    trees.push(readTree(lines, trees.length, featureCount));
    while (lines.peek() === '') lines.next();
    const size = expected?.[trees.length - 1];
    // Text that was through Windows has longer lines than tree_sizes says; that is no damage.
    if (size !== undefined && size !== lines.offset - start && !lines.hasCarriageReturns) {
      throw new ModelFormatError(
        `tree ${trees.length - 1} takes ${lines.offset - start} bytes, tree_sizes says ${size}`,
        {
          line: lines.lineNumber,
          field: 'tree_sizes',
        },
      );
    }
  }
  if (expected && expected.length !== trees.length) {
    throw new ModelFormatError(`names ${expected.length} trees, the text has ${trees.length}`, {
      line: sizes!.line,
      field: 'tree_sizes',
    });
  }
  return trees;
}

/** The lines after `feature_importances:`, up to an empty one. */
function readImportances(rest: string): string | undefined {
  const head = '\nfeature_importances:\n';
  const at = rest.indexOf(head);
  if (at < 0) return undefined;
  const start = at + head.length;
  // The line end before the first line counts, for there may be no line at all.
  const end = rest.indexOf('\n\n', start - 1);
  return end < 0 ? rest.slice(start) : rest.slice(start, end + 1);
}

/** What follows `end of trees`: importances, parameters, then anything else, all kept as text. */
function readTail(rest: string): Pick<Model, 'importances' | 'parameters' | 'trailer'> {
  const importances = readImportances(rest);
  const start = rest.indexOf('\nparameters:\n');
  const end = rest.indexOf('\nend of parameters', start);
  if (start < 0 || end < 0) {
    const others = /\n(?:parser:|pandas_categorical:)/.exec(rest);
    return { importances, parameters: undefined, trailer: others ? rest.slice(others.index) : '' };
  }
  const afterEnd = rest.indexOf('\n', end + 1);
  return {
    importances,
    parameters: rest.slice(start + '\nparameters:\n'.length, end),
    trailer: afterEnd < 0 ? '' : rest.slice(afterEnd + 1),
  };
}

/**
 * Reads LightGBM's model text, versions 3 and 4. Keys it does not know are ignored, and everything after
 * `end of trees` may be absent.
 * @throws ModelFormatError with line and field where the text is damaged
 */
export function readModel(text: string): Model {
  const lines = new LineReader(text);
  const header = readHeader(lines);
  const version = required(header, 'version');
  if (!VERSIONS.has(version.value)) {
    throw new ModelFormatError(`"${version.value.slice(0, 20)}" is not a version this engine reads (v3, v4)`, {
      line: version.line,
      field: 'version',
    });
  }
  const classCount = wholeField(header, 'num_class', 1);
  const treesPerIteration = header.fields.has('num_tree_per_iteration')
    ? wholeField(header, 'num_tree_per_iteration', 1)
    : classCount;
  const featureCount = wholeField(header, 'max_feature_idx', 0) + 1;
  const monotone = header.fields.get('monotone_constraints');
  const objective = header.fields.get('objective');
  if (objective && !outputTransform(objective.value)) {
    throw new ModelFormatError(`"${objective.value.slice(0, 60)}" is not an objective of LightGBM`, {
      line: objective.line,
      field: 'objective',
    });
  }
  const classes = /num_class:(\S*)/.exec(objective?.value ?? '');
  if (classes && parseDecimal(classes[1]!) !== treesPerIteration) {
    throw new ModelFormatError(`says ${classes[1]} classes, num_tree_per_iteration says ${treesPerIteration}`, {
      line: objective!.line,
      field: 'objective',
    });
  }
  const featureNames = words(header, 'feature_names', featureCount);
  const featureInfos = words(header, 'feature_infos', featureCount);
  const labelIndex = wholeField(header, 'label_index', 0);
  const monotoneConstraints = monotone
    ? Array.from(numberList(monotone.value, { line: monotone.line, field: 'monotone_constraints' }, featureCount))
    : undefined;
  const trees = readTrees(lines, header, featureCount);
  if (trees.length % treesPerIteration !== 0) {
    throw new ModelFormatError(`${trees.length} trees are not whole iterations of ${treesPerIteration}`, {
      line: lines.lineNumber,
      field: 'num_tree_per_iteration',
    });
  }
  lines.next();
  return {
    classCount,
    treesPerIteration,
    labelIndex,
    featureCount,
    objective: objective?.value,
    averageOutput: header.fields.has('average_output'),
    featureNames,
    monotoneConstraints,
    featureInfos,
    trees,
    ...readTail(`\n${lines.hasCarriageReturns ? lines.rest().replaceAll('\r\n', '\n') : lines.rest()}`),
  };
}
