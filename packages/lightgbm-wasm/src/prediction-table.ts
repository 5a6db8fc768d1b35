import type { Columns } from './columns.ts';
import { DataError } from './errors.ts';
import { parseTextTable, type TextTableOptions } from './text-table.ts';

const asFeatureName = (name: string): string => name.replaceAll(' ', '_');

/** The columns of a table that bear the model's names, in the model's order; `undefined` if none does. */
function byName({ rowCount, columns, names = [] }: Columns, featureNames: readonly string[]): Columns | undefined {
  const placeOf = new Map(names.map((name, index) => [asFeatureName(name), index]));
  const missing = featureNames.filter((name) => !placeOf.has(name));
  if (missing.length === featureNames.length) return undefined;
  if (missing.length > 0) {
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
    throw new DataError(
      `table: no column is named ${missing.slice(0, 3).join(', ')}${more}; the model asks for it. Add it to the table.`,
    );
  }
  return { rowCount, columns: featureNames.map((name) => columns[placeOf.get(name)!]!), names: featureNames };
}

/**
 * Reads a table of text to be predicted, as LightGBM's command line does: with a header, columns are found by the
 * model's names, in any order and among others; without one, a table of as many columns as the model has features has
 * no label column.
 * @throws DataError if a named column is missing, or the table is none
 */
export function parsePredictionTable(
  text: string,
  featureNames: readonly string[],
  options: TextTableOptions = {},
): Columns {
  const { data } = parseTextTable(text, { ...options, labelColumn: 'none' });
  const named = options.header ? byName(data, featureNames) : undefined;
  if (named) return named;
  return data.columns.length === featureNames.length ? data : parseTextTable(text, options).data;
}
