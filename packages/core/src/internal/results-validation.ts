import { readFile } from 'node:fs/promises';

/** The published JSON Schema of results documents; the same path from the sources and from the build. */
const schemaUrl = (depth: string): URL => new URL(`${depth}schema/results.v1.json`, import.meta.url);

async function readSchema(): Promise<object> {
  // From src/internal/ the package root is two folders up, from the bundle in dist/ one.
  for (const depth of ['../', '../../']) {
    const text = await readFile(schemaUrl(depth), 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as object;
  }
  throw new Error('schema/results.v1.json is missing from @preopen/core: install the package again');
}

let compiled: Promise<(document: unknown) => string[]> | undefined;

async function compile(): Promise<(document: unknown) => string[]> {
  // ajv is loaded on first use: most runs of the command line never read a results document.
  const loaded = await import('ajv/dist/2020.js');
  // Bundled, this CommonJS module comes with a default export alone.
  const { Ajv2020 } = 'Ajv2020' in loaded ? loaded : (loaded as { default: typeof loaded }).default;
  const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(await readSchema());
  return (document) =>
    validate(document)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? 'is wrong'}`);
}

/** What is wrong with a document, one sentence each with its JSON pointer; empty if it is a results document. */
export async function validateResults(document: unknown): Promise<string[]> {
  compiled ??= compile();
  return (await compiled)(document);
}
