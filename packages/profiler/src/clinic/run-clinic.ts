import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Clock, InputError, openPipeline, type TargetProcess } from '@preopen/core';
import { type Clinic, findClinic } from './find-clinic.ts';
import { sealedPage } from './page.ts';

/** What Clinic.js can be asked for. Its verdicts are its own: of six planted faults `doctor` named one. */
export type ClinicTool = 'doctor' | 'flame' | 'heapprofiler';

/** What Clinic.js is to do. */
export interface ClinicRequest {
  readonly tool: ClinicTool;
  /** A command that runs Node. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Folder for what it collects. */
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /**
   * Our load: called once the command runs; when it resolves, the command is asked to end as by Ctrl-C. Its signal is aborted
   * when the command has ended by itself.
   */
  readonly load: (signal: AbortSignal, pids: () => readonly number[]) => Promise<void>;
  readonly onProgress?: (message: string) => void;
}

/** What Clinic.js made. */
export interface ClinicPage {
  /** One page that loads nothing from anywhere. */
  readonly html: string;
  readonly version: string;
  readonly notes: readonly string[];
}

/** It asks whether it may send statistics, and looks for a newer version, unless told not to. */
const quiet = { NO_INSIGHT: '1', NO_UPDATE_NOTIFIER: '1' };
/** After Ctrl-C the command may take this long to end; `flame` then reads what it collected. */
const endWithinMs = 60_000;
const drawWithinMs = 300_000;

/**
 * Runs a command under Clinic.js, with our load on it, and has its page drawn.
 * @throws InputError if Clinic.js is not installed, the command runs no Node, or nothing was collected
 */
export async function runClinic(request: ClinicRequest): Promise<ClinicPage> {
  const { tool, command, cwd, workDir, signal, clock, load, onProgress = () => {} } = request;
  if (!/^(node|nodejs)(\.exe)?$/.test(basename(command[0]))) {
    throw new InputError(
      `clinic ${tool} runs Node programs: expected a command as \`node serve.js\`, got “${command.join(' ')}”.`,
    );
  }
  const clinic = findClinic(cwd, process.env);
  const collectDir = join(workDir, 'clinic');
  onProgress(`clinic ${tool} ${clinic.version} starts the command`);
  const collecting = clinicRun(clinic, { workDir, cwd, clock }, [
    tool,
    '--collect-only',
    '--dest',
    collectDir,
    '--',
    ...command,
  ]);
  const cut = new AbortController();
  let problem: unknown;
  const run = await collecting.run({
    inputDir: workDir,
    outputDir: collectDir,
    signal: AbortSignal.any([signal, cut.signal]),
    onStart(process) {
      // A process that ends before the load does is what the load fails of.
      void load(AbortSignal.any([signal, cut.signal]), () => process.pids())
        .catch((cause: unknown) => {
          problem = cause;
        })
        .finally(() => interrupt(process, () => cut.abort()));
    },
  });
  signal.throwIfAborted();
  if (problem !== undefined) throw problem;
  // The load may still wait for a service that was none.
  cut.abort();
  const collected = await collectedPath(collectDir, tool);
  const said = run.lastWords.slice(-3).join(' ⏎ ');
  if (collected === undefined) {
    throw new InputError(
      `clinic ${tool} collected nothing. It loses what it has if the command ends by process.exit() or SIGTERM: let it end by itself or on SIGINT, or use --cpu and --allocations, which need nothing.${said === '' ? '' : ` It said: ${said}`}`,
    );
  }
  onProgress(`clinic ${tool} draws its page`);
  const drawing = clinicRun(clinic, { workDir, cwd, clock }, [tool, '--visualize-only', collected, '--open=false']);
  const drawn = await drawing.run({
    inputDir: workDir,
    outputDir: collectDir,
    signal: AbortSignal.any([signal, AbortSignal.timeout(drawWithinMs)]),
  });
  signal.throwIfAborted();
  const pagePath = `${collected.replace(/\/$/, '')}.html`;
  const html = await readFile(pagePath, 'utf8').catch(() => '');
  if (drawn.exit.code !== 0 || html === '') {
    throw new InputError(
      `clinic ${tool} drew no page (${drawn.exit.signal ?? `code ${drawn.exit.code}`}): ${drawn.lastWords.slice(-3).join(' ⏎ ')}`,
    );
  }
  return {
    html: sealedPage(html),
    version: clinic.version,
    notes: [
      `clinic ${tool} ${clinic.version} ran the command; what its page concludes is clinic’s opinion, and no verdict rests on it`,
    ],
  };
}

function clinicRun(
  { path }: Clinic,
  { workDir, cwd, clock }: Pick<ClinicRequest, 'workDir' | 'cwd' | 'clock'>,
  args: readonly string[],
) {
  const command = [process.execPath, path, ...args] as [string, ...string[]];
  return openPipeline(
    { kind: 'command', command, cwd, env: quiet },
    { name: 'clinic', clock, workDir, configDir: cwd },
  );
}

/** Ctrl-C for all of them: clinic waits for its child, which writes what it has on SIGINT and on nothing else. */
function interrupt(tree: TargetProcess, giveUp: () => void): void {
  for (const pid of tree.pids()) {
    try {
      process.kill(pid, 'SIGINT');
    } catch {
      // It has ended.
    }
  }
  const timer = setTimeout(giveUp, endWithinMs);
  void tree.exited.then(() => clearTimeout(timer));
}

/** What it collected: a folder or a file named by its pid, in which nothing is empty. */
async function collectedPath(folder: string, tool: ClinicTool): Promise<string | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => /^\d+\.clinic-/.test(name) && !name.endsWith('.html'),
  );
  for (const name of names) {
    const path = join(folder, name);
    const sizes = await fileSizes(path);
    // `heapprofiler` leaves an empty file where it could not write; what the others leave empty is missing no figure.
    const isWhole = tool === 'heapprofiler' ? sizes.every((size) => size > 0) : sizes.some((size) => size > 0);
    if (sizes.length > 0 && isWhole) return path;
  }
  return undefined;
}

/** Sizes of a file, or of all files in a folder but the one that describes the machine. */
async function fileSizes(path: string): Promise<number[]> {
  if (!(await stat(path)).isDirectory()) return [(await stat(path)).size];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('systeminfo'));
  return Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
}
