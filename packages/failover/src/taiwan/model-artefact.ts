import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { basename, dirname, join } from 'node:path';
import type { RunningService } from '@preopen/core';
import { waitUntil } from '@preopen/latency';
import { available, type Fault, needs } from '../fault.ts';
import { type ProcessIdentity, send } from '../processes.ts';
import { faultFilePrefix } from '../undo/record.ts';
import { grown } from './taiwan-fault.ts';

/** The file of a model, and how its service is told to read it again: by SIGHUP to its process, or by POST to an address. */
export interface ModelArtefact {
  readonly path: string;
  readonly reload: 'SIGHUP' | URL;
}

/** What becomes of model files on their way: cut off, one with no numbers in it, one of other features, and nothing at all. */
const damages: readonly ((model: Buffer) => Buffer)[] = [
  (model) => model.subarray(0, Math.floor(model.length * 0.6)),
  (model) => Buffer.from(model.toString('latin1').replace(/^(leaf_value=)\S+/m, '$1nan'), 'latin1'),
  (model) =>
    Buffer.from(
      model
        .toString('latin1')
        .replace(/^(feature_names=)(\S+) (\S+)/m, (_all, name, first, second) => `${name}${second} ${first}`),
      'latin1',
    ),
  () => Buffer.alloc(0),
];

/** What is known of the model’s file: as it was given, else by the service’s config. */
export function artefactOf(given: ModelArtefact | undefined, { modelFile }: RunningService): ModelArtefact | undefined {
  if (given || !modelFile) return given;
  const { path, reload } = modelFile;
  return { path, reload: reload === 'SIGHUP' ? reload : new URL(reload) };
}

function post(url: URL): Promise<void> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { method: 'POST', agent: false, timeout: 2000 }, (answer) => {
      answer.resume();
      answer.once('close', () => resolve());
    });
    request.once('timeout', () => request.destroy());
    // A refusal is an answer, too; what the service makes of the file shows in its predictions.
    request.once('error', () => resolve());
    request.end();
  });
}

/** Has the model read again. @param main the process that was started: it knows the signal, which would end others */
export async function reload(main: ProcessIdentity | undefined, how: ModelArtefact['reload']): Promise<void> {
  if (how !== 'SIGHUP') return post(how);
  if (main) send(main, 'SIGHUP');
}

/** Another file under a name at once: no reader ever sees a part of it, so that what is found is not found by luck. */
export function replace(path: string, content: Buffer): void {
  const temporary = join(dirname(path), `${faultFilePrefix}new-${basename(path)}`);
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

/**
 * Puts damaged models in the place of the one that is served and has them read, one after the other. A service that checks what
 * it reads goes on with the model that it has: its answers stay, bit by bit.
 * @param given where the model is; without it the service’s config must say so, else the fault is not measured
 */
export function damageModel(given: ModelArtefact | undefined, intensity: number, durationMs: number): Fault {
  const kinds = damages.slice(0, grown(damages.length, intensity));
  return {
    id: 'tw-19',
    title: `${kinds.length} damaged models in the place of the one that is served`,
    touches: 'processes',
    durationMs,
    async probe(site) {
      const artefact = artefactOf(given, site.service);
      if (!artefact)
        return needs(
          'the file of the model and how it is read again (`modelFile` in the service’s config; --model-file FILE --reload SIGHUP or an address)',
        );
      if (!existsSync(artefact.path)) return needs(`the file of the model at ${artefact.path}; there is none`);
      if (artefact.reload === 'SIGHUP' && site.processes().length === 0)
        return needs('a service that Preopen starts itself, to send it SIGHUP');
      return available;
    },
    async inject(site) {
      const { path, reload: how } = artefactOf(given, site.service)!;
      const copy = join(dirname(path), `${faultFilePrefix}copy-${basename(path)}`);
      const restore = site.journal.before({ kind: 'restore', path, copy });
      copyFileSync(path, copy);
      const right = readFileSync(path);
      const eachMs = durationMs / Math.max(1, kinds.length);
      const startMs = site.clock.nowMs();
      for (const [i, damage] of kinds.entries()) {
        replace(path, damage(right));
        await reload(site.processes()[0], how);
        await waitUntil(startMs + (i + 1) * eachMs, site.clock, site.signal);
      }
      return async () => {
        await restore();
        await reload(site.processes()[0], how);
      };
    },
  };
}
