import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/**
 * Starts a command, waits for it, and writes down the highest resident size that the kernel kept for it, which is gone
 * once a process has been waited for: Node does not hand it on. Arguments: file for the figure in KiB, `cgroup.procs` of
 * a group to join or an empty text, and the command. It ends as the command ended.
 */
const waiter = `
import os, signal, sys
out, group, command = sys.argv[1], sys.argv[2], sys.argv[3:]
pid = os.fork()
if pid == 0:
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        if group:
            with open(group, "w") as file:
                file.write(str(os.getpid()))
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\\n")
        os._exit(127)
for name in ("SIGTERM", "SIGINT", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
_, status, usage = os.wait4(pid, 0)
with open("/proc/self/status") as file:
    own = file.read().split("VmHWM:")[1].split()[0]
with open(out, "w") as file:
    file.write(f"{usage.ru_maxrss} {own}")
if os.WIFSIGNALED(status):
    number = os.WTERMSIG(status)
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
os._exit(os.WEXITSTATUS(status))
`;

/** A command that tells its peak when it has ended. */
export interface TellingCommand {
  readonly command: readonly [string, ...string[]];
  /**
   * The figure, once the command has ended; it covers the command and the children that it waited for, each by itself. `undefined`
   * for one that took no more than the waiter: before the command took its place, the process was as large as that.
   */
  peakBytes(): number | undefined;
}

/**
 * The Python that runs the waiter; `undefined` where there is none, or no `/proc`. Its real path: `python3` itself may be a
 * shell script that starts a dozen processes first.
 */
export function waiterPython(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { status, stdout } = spawnSync(
    'python3',
    ['-I', '-S', '-c', 'import os, sys; os.wait4; print(sys.executable)'],
    {
      encoding: 'utf8',
    },
  );
  const path = stdout?.trim();
  return status === 0 && path !== '' ? path : undefined;
}

/** Whether there is such a program: what the waiter cannot start looks as if it had ended by itself. */
export function hasProgram(program: string, cwd: string): boolean {
  const paths = program.includes('/')
    ? [resolve(cwd, program)]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return paths.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}

/** Puts the waiter before a command. The waiter is a process of its own, of about 9 MB. */
export function tellingCommand(
  command: readonly [string, ...string[]],
  options: { readonly python: string; readonly workDir: string; readonly groupProcsPath?: string },
): TellingCommand {
  const out = join(options.workDir, 'exit-peak');
  return {
    command: [options.python, '-I', '-S', '-c', waiter, out, options.groupProcsPath ?? '', ...command],
    peakBytes() {
      try {
        const [kiB, waiterKiB] = readFileSync(out, 'latin1').split(' ').map(Number);
        return kiB! > waiterKiB! ? kiB! * 1024 : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
