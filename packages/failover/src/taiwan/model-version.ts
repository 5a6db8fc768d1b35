import { copyFileSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Check, CheckContext, Reply } from '@preopen/core';
import { waitUntil } from '@preopen/latency';
import { identify } from '../processes.ts';
import { journalFolder, openJournal } from '../undo/journal.ts';
import { faultFilePrefix } from '../undo/record.ts';
import { type Judged, judgeEach, notJudged } from './invariants.ts';
import { artefactOf, type ModelArtefact, reload, replace } from './model-artefact.ts';
import { judgedOutcome } from './pipeline-check.ts';

/** Rows of the request that is asked again and again. */
const rows = 20;
const timeoutMs = 5000;
/** So long a service may take to read a model before it is taken to have refused it. */
const patienceMs = 3000;
const askEveryMs = 50;
const metric = 'taiwan.tw-19.service.unversioned';

/** Another model in the same form and of the same length, so that nothing but its version tells it: the leaves of each tree reversed. */
const otherModel = (text: string): string =>
  text.replace(/^(leaf_value=)(.+)$/gm, (_all, name: string, values: string) =>
    [name, values.split(' ').reverse().join(' ')].join(''),
  );

/**
 * Which version of its model an answer says it is of: `model_version` of the Open Inference Protocol, beside its outputs or in its
 * parameters, or a header `x-model-version`. `undefined` if it says none.
 */
export function statedVersion({ headers, body }: Reply): string | undefined {
  const header = headers['x-model-version'];
  if (typeof header === 'string' && header !== '') return header;
  const length = Number(headers['inference-header-content-length'] ?? body.length);
  try {
    const said = JSON.parse(Buffer.from(body.subarray(0, length)).toString('utf8')) as {
      model_version?: unknown;
      parameters?: { model_version?: unknown };
    };
    const version = said.model_version ?? said.parameters?.model_version;
    return version === undefined || version === '' ? undefined : String(version);
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly predictions: string;
  readonly version: string | undefined;
}

/** What an answer says of its version is true: that of the model before where it predicts as that did, and else another. */
export function judgeVersions(before: Answer, answers: readonly Answer[]): Judged {
  return judgeEach('unversioned', [before, ...answers], ({ predictions, version }) => {
    if (version === undefined) return 'an answer says of no version of the model';
    const isSame = predictions === before.predictions;
    if (isSame === (version === before.version)) return undefined;
    return isSame
      ? `the same predictions are said to be of the versions ${before.version} and ${version}`
      : `other predictions than those of version ${before.version} are said to be of it, too`;
  });
}

async function versions(context: CheckContext, { path, reload: how }: ModelArtefact): Promise<Judged> {
  const service = context.service!;
  const request = service.codec.encode(service.batch(rows, context.seed), service.model);
  const main = service.process ? identify(service.process.pid) : undefined;
  const ask = async (): Promise<Answer | undefined> => {
    const { reply, predictions } = await service.send(request, { timeoutMs, signal: context.signal });
    context.signal.throwIfAborted();
    return reply && predictions && { predictions: predictions.join(), version: statedVersion(reply) };
  };
  const before = await ask();
  if (!before) return notJudged('unversioned', 'a service that answers');
  if (before.version === undefined)
    return notJudged(
      'unversioned',
      'answers with a version (model_version, or a header x-model-version); the target does not state it',
    );
  const right = readFileSync(path, 'latin1');
  const other = otherModel(right);
  if (other === right) return notJudged('unversioned', `a LightGBM model with a tree at ${path}`);
  const answers: Answer[] = [];
  /** Asks until the answers are so, or it has had time enough. */
  const until = async (isDone: (answer: Answer) => boolean): Promise<void> => {
    const endMs = context.clock.nowMs() + patienceMs;
    while (context.clock.nowMs() < endMs) {
      const answer = await ask();
      if (answer) answers.push(answer);
      if (answer && isDone(answer)) return;
      await waitUntil(context.clock.nowMs() + askEveryMs, context.clock, context.signal);
    }
  };
  const journal = await openJournal(journalFolder());
  try {
    const copy = join(dirname(path), `${faultFilePrefix}copy-${basename(path)}`);
    const restore = journal.before({ kind: 'restore', path, copy });
    copyFileSync(path, copy);
    try {
      replace(path, Buffer.from(other, 'latin1'));
      await reload(main, how);
      await until(({ predictions }) => predictions !== before.predictions);
    } finally {
      await restore();
      await reload(main, how);
    }
    await until(({ predictions }) => predictions === before.predictions);
  } finally {
    await journal.undoAll();
    await journal.close();
  }
  return judgeVersions(before, answers);
}

/**
 * Puts another version of its model in the place of the one that a service has, and back: whoever reads an answer must be able to
 * tell which of them gave it. A service that goes on with the one that it has is as good.
 */
export function modelVersionCheck(given?: ModelArtefact, id = 'failover/taiwan-tw-19-version'): Check {
  return {
    id,
    title: 'Another version of the model is put in its place',
    metrics: [metric],
    needs: ['service'],
    exclusive: ['service'],
    expectedMs: () => 1000,
    timeoutMs: () => 60_000,
    async run(context) {
      const artefact = artefactOf(given, context.service!);
      const judged = artefact
        ? await versions(context, artefact)
        : notJudged(
            'unversioned',
            'the file of the model and how it is read again (`modelFile` in the service’s config)',
          );
      const { measurements, notMeasured } = judgedOutcome('tw-19', ['unversioned'], [judged]);
      return {
        measurements: measurements.map((one) => ({ ...one, metric })),
        notMeasured: notMeasured.map((one) => ({ ...one, metric })),
        series: [],
        evidence: [],
        notes: [],
      };
    },
  };
}
