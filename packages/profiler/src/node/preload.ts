import { connect } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { localProbe } from './local-probe.ts';
import { type ProbeMethod, type ProbeRequest, socketVariable } from './protocol.ts';
import { recordSelf } from './record-self.ts';
import { type NodeRecordingRequest, recordVariable } from './recording.ts';

// Loaded by `--require` into Node processes that Preopen starts, before their own code. It does nothing but wait on a
// socket for questions, and does not keep the process alive; only if a variable says so does it record from the start.
// Without the variables it does nothing at all.

const wanted = isMainThread ? process.env[recordVariable] : undefined;
const finishRecording = wanted === undefined ? (): void => {} : recordSelf(JSON.parse(wanted) as NodeRecordingRequest);
if (wanted !== undefined) process.on('exit', finishRecording);

const path = process.env[socketVariable];
if (path !== undefined && isMainThread) {
  const socket = connect(path);
  socket.unref();
  // Preopen has ended, or was never there: the process goes on alone.
  socket.on('error', () => socket.destroy());
  const probe = { ...localProbe(), finishRecording };
  const tell = (message: object): boolean => socket.write(`${JSON.stringify(message)}\n`);
  const answer = async ({ id, method, params }: ProbeRequest): Promise<void> => {
    try {
      const call = probe[method] as (...params: readonly unknown[]) => unknown;
      tell({ id, result: (await call(...params)) ?? null });
    } catch (cause) {
      tell({ id, problem: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) void answer(JSON.parse(line) as ProbeRequest & { method: ProbeMethod });
  });
  tell({ pid: process.pid, parent: process.ppid, node: process.version });
}
