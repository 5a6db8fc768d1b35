/**
 * Checks documents against the project's own JSON Schemas in a page, where the usual validators may not run: they
 * generate code, which a Content-Security-Policy forbids. Knows the keywords that these schemas use and refuses others.
 */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** Words about a schema that ask nothing of a document. */
const annotations = new Set(['$schema', '$id', '$defs', 'title', 'description', '$comment']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOfType = (value: unknown, type: string): boolean => {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
};

type Problems = string[];
type Keyword = (argument: never, value: unknown, at: string, context: Context) => Problems;
interface Context {
  readonly root: Schema;
  readonly schema: Schema;
}

const problem = (at: string, text: string): Problems => [`${at || '/'} ${text}`];
const ofNumber =
  (holds: (value: number, limit: number) => boolean, text: string): Keyword =>
  (limit: number, value, at) =>
    typeof value !== 'number' || holds(value, limit) ? [] : problem(at, `must be ${text} ${limit}`);
const descend = (schema: unknown, value: unknown, at: string, { root }: Context): Problems => {
  if (schema === true) return [];
  if (schema === false) return problem(at, 'must not be there');
  return checkAt(schema as Schema, value, at, root);
};

const keywords: Readonly<Record<string, Keyword>> = {
  type: (types: string | readonly string[], value, at) =>
    (typeof types === 'string' ? isOfType(value, types) : types.some((type) => isOfType(value, type)))
      ? []
      : problem(at, `must be ${[types].flat().join(' or ')}`),
  const: (only: unknown, value, at) => (value === only ? [] : problem(at, `must be ${JSON.stringify(only)}`)),
  enum: (all: readonly unknown[], value, at) =>
    all.includes(value) ? [] : problem(at, `must be one of ${all.map((one) => JSON.stringify(one)).join(', ')}`),
  pattern: (pattern: string, value, at) =>
    typeof value !== 'string' || new RegExp(pattern, 'u').test(value) ? [] : problem(at, `must match ${pattern}`),
  minimum: ofNumber((value, limit) => value >= limit, 'at least'),
  exclusiveMinimum: ofNumber((value, limit) => value > limit, 'above'),
  exclusiveMaximum: ofNumber((value, limit) => value < limit, 'below'),
  minItems: (least: number, value, at) =>
    !Array.isArray(value) || value.length >= least ? [] : problem(at, `must have at least ${least} items`),
  required: (names: readonly string[], value, at) =>
    isObject(value)
      ? names.filter((name) => !Object.hasOwn(value, name)).flatMap((name) => problem(at, `must have ${name}`))
      : [],
  properties: (schemas: Schema, value, at, context) =>
    isObject(value)
      ? Object.entries(schemas).flatMap(([name, schema]) =>
          Object.hasOwn(value, name) ? descend(schema, value[name], `${at}/${name}`, context) : [],
        )
      : [],
  additionalProperties: (schema: unknown, value, at, context) => {
    const known = (context.schema.properties ?? {}) as Schema;
    return isObject(value)
      ? Object.keys(value)
          .filter((name) => !Object.hasOwn(known, name))
          .flatMap((name) => descend(schema, value[name], `${at}/${name}`, context))
      : [];
  },
  items: (schema: unknown, value, at, context) =>
    Array.isArray(value) ? value.flatMap((item, i) => descend(schema, item, `${at}/${i}`, context)) : [],
  anyOf: (schemas: readonly unknown[], value, at, context) =>
    schemas.some((schema) => descend(schema, value, at, context).length === 0)
      ? []
      : problem(at, 'has none of its forms'),
  $ref: (reference: string, value, at, context) => {
    const target = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((schema, name) => (schema as Schema | undefined)?.[name], context.root);
    if (target === undefined) throw new Error(`the schema refers to ${reference}, which it does not hold`);
    return descend(target, value, at, context);
  },
  if: (schema: unknown, value, at, context) =>
    descend(
      (descend(schema, value, at, context).length === 0 ? context.schema.then : context.schema.else) ?? true,
      value,
      at,
      context,
    ),
  // These two are read by `if`.
  // biome-ignore lint/suspicious/noThenProperty: it is the keyword's name
  then: () => [],
  else: () => [],
};

function checkAt(schema: Schema, value: unknown, at: string, root: Schema): Problems {
  return Object.entries(schema).flatMap(([keyword, argument]) => {
    if (annotations.has(keyword)) return [];
    const check = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
    if (!check) throw new Error(`the schema uses ${keyword}, which is not known here`);
    return check(argument as never, value, at, { root, schema });
  });
}

/** What is wrong with a document, one line each with its JSON pointer; empty if it keeps the schema. */
export const schemaProblems = (schema: Schema, document: unknown): string[] => checkAt(schema, document, '', schema);
