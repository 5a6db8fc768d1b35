import { type ChildProcess, spawn } from 'node:child_process';
import { distEntry } from './dist-entry.ts';
import type { FaultSite } from './fault.ts';
import { identify } from './processes.ts';

/** A process of ours that takes something away from the service. */
export interface Helper {
  readonly pid: number;
  /** Lets it begin. */
  begin(): void;
  end(): Promise<void>;
}

/**
 * Starts a helper that waits for `begin`. It ends with us, because its standard input does; the record in the journal is for
 * one that hangs.
 * @param what `['--threads', '2']` or `['--bytes', '1000000']`
 */
export async function startHelper(site: FaultSite, what: readonly string[]): Promise<Helper> {
  const child: ChildProcess = spawn(process.execPath, [distEntry('burner'), ...what], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout!.once('data', () => resolve());
    void exited.then(() => reject(new Error('a helper process ended at once')));
  });
  child.stdin!.on('error', () => {});
  const strikeOut = site.journal.before({ kind: 'end', ...identify(child.pid!)! });
  return {
    pid: child.pid!,
    begin: () => void child.stdin!.write('begin\n'),
    async end() {
      // By the handle: nothing is sent to a pid that is somebody else's by now.
      child.kill('SIGKILL');
      await exited;
      await strikeOut();
    },
  };
}
