import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Schema, schemaProblems } from '../src/certificate/schema-check.ts';
import { aFullRun, certified } from './support/certified.ts';
import { aRun } from './support/runs.ts';

const read = (path: string): Schema => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Schema;
const schemas = { results: read('../../core/schema/results.v1.json'), readiness: read('../schema/readiness.v1.json') };

/** A document with one value somewhere in it replaced, removed or added. */
function changed(document: unknown, pick: number, value: unknown): unknown {
  const copy = structuredClone(document);
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [name, entry] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, name]);
      walk(entry);
    }
  };
  walk(copy);
  const [parent, name] = places[pick % places.length]!;
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(name), 1);
  else if (value === undefined) delete parent[name];
  else if (value === 'more' && !Array.isArray(parent)) parent[`${name}More`] = 1;
  else parent[name] = value;
  return copy;
}

describe('the schema check of the browser', () => {
  it.each(['results', 'readiness'] as const)(
    'says of %s what ajv says',
    async (name) => {
      const { statement } = await certified(aRun());
      const whole = JSON.parse(JSON.stringify(name === 'results' ? aRun() : statement)) as unknown;
      const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schemas[name]);
      expect(schemaProblems(schemas[name], whole)).toEqual([]);
      const values = fc.constantFrom(undefined, null, 0, -1, 1.5, '', 'pass', 'x', true, [], {}, 'more', [null], {
        name: 1,
      });
      fc.assert(
        fc.property(fc.nat(), values, (pick, value) => {
          const document = changed(whole, pick, value);
          expect(schemaProblems(schemas[name], document).length === 0).toBe(validate(document));
        }),
        { numRuns: 400, seed: 1 },
      );
    },
    60_000,
  );
  it('refuses a keyword that it does not know, rather than pass over it', () => {
    expect(() => schemaProblems({ uniqueItems: true }, [1, 1])).toThrow('uses uniqueItems');
  });
  it('has nothing to say against a full run', async () => {
    const { statement } = await certified(aFullRun());
    expect(schemaProblems(schemas.readiness, statement)).toEqual([]);
  });
});
