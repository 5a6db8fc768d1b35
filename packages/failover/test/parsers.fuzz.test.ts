import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzz, mutatedBytes, mutatedDocuments, mutatedTexts } from '../../core/test/support/mutations.ts';
import { readPrices, withPrices } from '../src/data/price-table.ts';
import { faultKinds } from '../src/fault-kinds.ts';
import { readJournalIds } from '../src/ledger.ts';
import { parseToxic } from '../src/proxy/toxic.ts';
import { parseTaiwanFault } from '../src/taiwan/catalogue.ts';
import { readLive } from '../src/taiwan/prints.ts';
import { undoJournal } from '../src/undo/journal.ts';
import { parseUndoRecord } from '../src/undo/record.ts';

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-failover-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const write = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

describe('whatever is asked of the proxy', () => {
  it('gives a toxic or an error that names the field', async () => {
    const toxics = [
      { type: 'latency', stream: 'downstream', toxicity: 0.5, latency: 100, jitter: 10 },
      { type: 'limit_data', bytes: 100 },
      { type: 'latency', latency: 1, distribution: 'normal' },
    ];
    await fuzz(mutatedDocuments(...toxics), parseToxic, [InputError], ({ toxicity, stream }) => {
      expect(toxicity >= 0 && toxicity <= 1).toBe(true);
      expect(['upstream', 'downstream']).toContain(stream);
    });
  });
});

describe('whatever is typed as a fault', () => {
  it('gives a scenario of the market, nothing, or an error that names some', async () => {
    await fuzz(mutatedTexts('tw-06', 'TW-20:0.4'), parseTaiwanFault, [InputError], (found) => {
      if (found) expect(found.intensity > 0 && found.intensity <= 1).toBe(true);
    });
  });

  it('gives a fault, or an error with the form it is written in', async () => {
    const settings = { durationMs: 1000 } as Parameters<(typeof faultKinds)[number]['make']>[1];
    const { parseFault } = await import('../src/fault-kinds.ts');
    await fuzz(
      mutatedTexts(
        'pause:500ms',
        'latency@features:200ms±50ms',
        'exceptions:100',
        ...faultKinds.map(({ name }) => name),
      ),
      (text) => parseFault(text, settings),
      [InputError],
    );
  });
});

describe('whatever stands in a journal', () => {
  const records = [
    { kind: 'continue', pid: 4711, startTicks: '99' },
    { kind: 'remove', path: '/tmp/preopen-fault-x' },
    { kind: 'restore', path: '/tmp/a', copy: '/tmp/preopen-fault-a' },
    { kind: 'limit', pid: 4711, startTicks: '99', resource: 'nofile', soft: '1', hard: 'unlimited' },
  ];

  it('undoes nothing but what is exactly a record', async () => {
    await fuzz(mutatedDocuments(...records), parseUndoRecord, [], (record) => {
      if (record === undefined || !('path' in record)) return;
      expect(record.path.startsWith('/')).toBe(true);
      if (record.kind === 'remove') expect(record.path).toMatch(/\/preopen-fault-[^/]*$/);
    });
  });

  it('is read over lines that are none', async () => {
    const path = write(
      'a.undo.ndjson',
      'null\n1\n"x"\n[]\n{"op":"before","id":1,"record":null}\n{"op":"undone"}\n{"op":',
    );
    expect(await undoJournal(path)).toEqual({ undone: [], failed: [] });
  });

  it('of a target gives the ids of its whole lines', async () => {
    await fuzz(
      mutatedTexts('{"id":"1"}\n{"id":2,"more":true}\n{"id'),
      (text) => readJournalIds(write('journal.ndjson', text), 0),
      [],
      (ids) => expect(ids.every((id) => typeof id === 'string')).toBe(true),
    );
  });
});

describe('whatever stands in tables that are to be spoilt, or come from a pipeline', () => {
  it('is read as cells, or refused', async () => {
    const prices = 'date,stock,open,high,low,close\n2024-01-02,2330,1,2,1,2\n2024-01-03,2330,2,2,2,2\n';
    await fuzz(
      mutatedBytes(Buffer.from(prices)),
      (bytes) => {
        const files = new Map([
          ['prices.csv', bytes],
          ['prices.parquet', bytes],
        ]);
        return withPrices(files, readPrices(files));
      },
      [InputError],
    );
    await fuzz(mutatedTexts('asOfMs,stock,prediction,flag\n1,2330,0.5,\n2,2330,,stale\n'), readLive, []);
  });
});
