import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../clock.ts';
import type { EncodedRequest, InferenceCodec, OutcomeKind, Reply } from '../inference.ts';
import type { Exchange } from '../target.ts';
import { reasonOf } from './target-error.ts';

/** What an exchange needs to know of its service. */
export interface ExchangeSettings {
  readonly url: URL;
  readonly agent: Agent;
  readonly codec: InferenceCodec;
  readonly clock: Clock;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

/** An answer may be this long, plus so much for each prediction: JSON with names and blanks, not a flood. */
const BODY_BYTES = 1 << 20;
const BODY_BYTES_PER_PREDICTION = 1024;

interface Raw {
  readonly outcome: OutcomeKind;
  readonly reply?: Reply;
  readonly problem?: string;
}

/**
 * Sends one request and checks the answer. Never rejects, and never sends twice: a broken connection is the
 * target's failure and is reported as one.
 */
export function exchange(
  settings: ExchangeSettings,
  request: EncodedRequest,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<Exchange> {
  const { clock, codec } = settings;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const sentMs = clock.nowMs();
  let firstByteMs = Number.NaN;
  if (signal?.aborted === true) {
    const problem = 'cut off before it was sent';
    return Promise.resolve({ outcome: 'aborted', sentMs, firstByteMs, doneMs: sentMs, status: 0, problem });
  }
  let outgoing: ClientRequest;
  try {
    outgoing = open(settings, request);
  } catch (error) {
    const problem = `the codec's request cannot be sent: ${reasonOf(error)}`;
    return Promise.resolve({ outcome: 'protocol', sentMs, firstByteMs, doneMs: sentMs, status: 0, problem });
  }
  return new Promise((resolve) => {
    let isSettled = false;
    let status = 0;
    const settle = (raw: Raw): void => {
      if (isSettled) return;
      isSettled = true;
      const doneMs = clock.nowMs();
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (raw.outcome !== 'ok' && !isWhole(raw)) outgoing.destroy();
      const times = { sentMs, firstByteMs, doneMs, status: raw.reply?.status ?? status };
      resolve({ ...times, ...(raw.outcome === 'ok' && raw.reply ? judge(raw.reply, request, codec) : raw) });
    };
    const timer = setTimeout(
      () => settle({ outcome: 'timeout', problem: `no whole answer within ${timeoutMs} ms` }),
      timeoutMs,
    );
    const onAbort = (): void => settle({ outcome: 'aborted', problem: 'cut off while it was under way' });
    signal?.addEventListener('abort', onAbort, { once: true });
    outgoing.on('error', (error) => settle(broken(error, outgoing.reusedSocket)));
    outgoing.on('response', (incoming) => {
      firstByteMs = clock.nowMs();
      status = incoming.statusCode ?? 0;
      collect(incoming, BODY_BYTES + BODY_BYTES_PER_PREDICTION * request.predictions, settle);
    });
    if (request.body === null) outgoing.end();
    else outgoing.end(request.body);
  });
}

function open({ url, agent }: ExchangeSettings, { method, path, headers }: EncodedRequest): ClientRequest {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return request(url, { agent, method, path: joinPath(url, path), headers });
}

function collect(incoming: IncomingMessage, mostBytes: number, settle: (raw: Raw) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > mostBytes) settle({ outcome: 'protocol', problem: `the answer is longer than ${mostBytes} bytes` });
  });
  incoming.on('end', () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    settle({ outcome: 'ok', reply: { status: incoming.statusCode ?? 0, headers: incoming.headers, body } });
  });
  incoming.on('error', (error) => settle(broken(error, false)));
  incoming.on('close', () =>
    settle({ outcome: 'connect', problem: 'the connection broke in the middle of the answer' }),
  );
}

/** A connection after a whole answer can be used again, whatever the answer was. */
function isWhole(raw: Raw): boolean {
  return raw.reply !== undefined;
}

function broken(error: Error, wasReused: boolean): Raw {
  if ('code' in error && String(error.code).startsWith('HPE_')) {
    return { outcome: 'protocol', problem: `not HTTP: ${error.message}` };
  }
  const which = wasReused ? ' on a connection kept from an earlier request' : '';
  return { outcome: 'connect', problem: `${reasonOf(error)}${which}` };
}

function judge(
  reply: Reply,
  request: EncodedRequest,
  codec: InferenceCodec,
): Pick<Exchange, 'outcome' | 'reply' | 'predictions' | 'problem'> {
  if (reply.status < 200 || reply.status > 299) {
    return { outcome: 'status', reply, problem: `HTTP ${reply.status}: ${snippet(reply.body)}` };
  }
  let predictions: Float64Array;
  try {
    predictions = codec.decode(reply);
  } catch (error) {
    return { outcome: 'protocol', reply, problem: error instanceof Error ? error.message : String(error) };
  }
  if (predictions.length !== request.predictions) {
    const problem = `${predictions.length} predictions for ${request.predictions} rows`;
    return { outcome: 'wrong-shape', reply, predictions, problem };
  }
  const bad = predictions.findIndex((prediction) => !Number.isFinite(prediction));
  if (bad >= 0) {
    const count = predictions.reduce((sum, prediction) => sum + (Number.isFinite(prediction) ? 0 : 1), 0);
    const problem = `${count} of ${predictions.length} predictions are not finite, the first in row ${bad}`;
    return { outcome: 'non-finite', reply, predictions, problem };
  }
  return { outcome: 'ok', reply, predictions };
}

/** A path below the service's base address, which may have a path of its own. */
export function joinPath(base: URL, path: string): string {
  return `${base.pathname.replace(/\/+$/, '')}${path}`;
}

/** The start of a body, for people. */
export function snippet(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 200)).toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not be steered by what a target answers
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim() || 'empty body';
}
