import { type Check, didYouMean, InputError } from '@preopen/core';
import { failoverCheck } from '../checks.ts';
import { defineExperiment, type ExperimentInput } from '../experiment.ts';
import { datasetTaiwanFaults } from './dataset-faults.ts';
import type { TaiwanMarket } from './market.ts';
import type { ModelArtefact } from './model-artefact.ts';
import { modelVersionCheck } from './model-version.ts';
import { taiwanPipelineCheck } from './pipeline-check.ts';
import { printTaiwanFaults } from './print-faults.ts';
import { taiwanPrintsCheck } from './prints-check.ts';
import { requestTaiwanFaults, taiwanServiceCheck } from './service-check.ts';
import type { TaiwanFault } from './taiwan-fault.ts';
import { wireTaiwanFaults } from './wire-faults.ts';

/** One of the twenty, and how it reaches a target. */
export interface TaiwanFaultEntry extends TaiwanFault {
  readonly comes: readonly ('dataset' | 'requests' | 'load' | 'prints')[];
}

/** The failure scenarios of the Taiwan market, by number. */
export const taiwanFaults: readonly TaiwanFaultEntry[] = [
  ...new Set(
    [...datasetTaiwanFaults, ...requestTaiwanFaults, ...wireTaiwanFaults, ...printTaiwanFaults].map(({ id }) => id),
  ),
]
  .sort()
  .map((id) => {
    const has = (faults: readonly TaiwanFault[]): boolean => faults.some((fault) => fault.id === id);
    const told = [...datasetTaiwanFaults, ...wireTaiwanFaults, ...requestTaiwanFaults, ...printTaiwanFaults].find(
      (fault) => fault.id === id,
    )!;
    const { title, story, intensity } = told;
    return {
      id,
      title,
      story,
      intensity,
      comes: [
        ...(has(datasetTaiwanFaults) ? (['dataset'] as const) : []),
        ...(has(requestTaiwanFaults) ? (['requests'] as const) : []),
        ...(has(wireTaiwanFaults) ? (['load'] as const) : []),
        ...(has(printTaiwanFaults) ? (['prints'] as const) : []),
      ],
    };
  });

/**
 * Reads a failure scenario as it is written on the command line, such as `tw-06` or `tw-06:0.4`.
 * @returns `undefined` for what does not begin like one
 * @throws InputError for a number that is none of the twenty, or an intensity outside 0 to 1
 */
export function parseTaiwanFault(
  text: string,
): { readonly fault: TaiwanFaultEntry; readonly intensity: number } | undefined {
  const [, name, given] = /^(tw-[^:]*)(?::(.*))?$/i.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const fault = taiwanFaults.find(({ id }) => id === name.toLowerCase());
  if (!fault) {
    const names = taiwanFaults.map(({ id }) => id);
    throw new InputError(
      `no failure of the Taiwan market is called “${name.slice(0, 60)}”.${didYouMean(name, names)}`,
      {
        at: text,
      },
    );
  }
  const intensity = given === undefined ? 1 : Number(given);
  if (given?.trim() === '' || !(intensity > 0 && intensity <= 1)) {
    throw new InputError(
      `fault ${fault.id}: expected an intensity above 0 and up to 1, as ${fault.id}:0.4, got “${given?.slice(0, 60)}”. Intensity is the ${fault.intensity}.`,
      { at: text },
    );
  }
  return { fault, intensity };
}

/** What a failure scenario is tried with beside its intensity. */
export interface TaiwanFaultSettings {
  readonly market: TaiwanMarket;
  readonly durationMs: number;
  /** Stocks of a cross-section under load. */
  readonly rows: number;
  readonly artefact?: ModelArtefact | undefined;
  /** Bisections over the intensity, for what is judged without load; 0 for none. */
  readonly frontierSteps: number;
  readonly experiment: Omit<ExperimentInput, 'fault'>;
}

/**
 * The checks by which a failure scenario is tried on a target.
 * @param target what the target is; a face that it does not have is left out
 * @throws InputError where it has none that the scenario comes by
 */
export function taiwanChecksOf(
  { id, title, comes }: TaiwanFaultEntry,
  intensity: number,
  target: { readonly hasService: boolean; readonly hasPipeline: boolean },
  settings: TaiwanFaultSettings,
): readonly Check[] {
  const { market, frontierSteps, durationMs, rows, artefact } = settings;
  const checks: Check[] = [];
  const dataset = datasetTaiwanFaults.filter((fault) => fault.id === id);
  if (dataset.length > 0 && target.hasPipeline)
    checks.push(
      taiwanPipelineCheck(market, { faults: dataset, intensity, frontierSteps, id: `failover/taiwan-${id}-pipeline` }),
    );
  const requests = requestTaiwanFaults.filter((fault) => fault.id === id);
  if (requests.length > 0 && target.hasService)
    checks.push(
      taiwanServiceCheck(market, { faults: requests, intensity, frontierSteps, id: `failover/taiwan-${id}-service` }),
    );
  const prints = printTaiwanFaults.filter((fault) => fault.id === id);
  if (prints.length > 0 && target.hasPipeline)
    checks.push(
      taiwanPrintsCheck(market, { faults: prints, intensity, frontierSteps, id: `failover/taiwan-${id}-prints` }),
    );
  const wire = wireTaiwanFaults.find((fault) => fault.id === id);
  if (wire && target.hasService) {
    const fault = wire.make({ intensity, durationMs, market, rows, ...(artefact ? { artefact } : {}) });
    checks.push(
      failoverCheck(defineExperiment({ ...settings.experiment, fault }), { id: `failover/taiwan-${id}`, title }),
    );
  }
  if (id === 'tw-19' && target.hasService) checks.push(modelVersionCheck(artefact));
  if (checks.length > 0) return checks;
  const ways = {
    dataset: 'the dataset of a pipeline',
    requests: 'the requests of a service',
    load: 'the load of a service',
    prints: 'the prints that a pipeline takes',
  } as const;
  const reason = `comes in ${comes.map((one) => ways[one]).join(' and ')}, and this target is no such thing.`;
  throw new InputError(`fault ${id} (${title}): ${reason}`, { at: id });
}
