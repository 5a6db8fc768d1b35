import type { EncodedRequest } from '../inference.ts';
import { InputError } from '../input-error.ts';
import type { TargetConfig } from '../target.ts';
import { get } from './http-get.ts';
import { plainHttpService } from './plain-http.ts';

/** What may be said of an address beside itself. */
export interface AddressOptions {
  /** Name of a model: the address is the base of the Open Inference Protocol. */
  readonly model?: string;
  /** Any of these three makes it a plain HTTP endpoint. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly features?: number;
}

const askMs = 2000;
const methods: readonly EncodedRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** Whether a text is an address rather than the name of a target: `http://…`, `host:8080/…` or `:8080/…`. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) || /^[\w.-]*:\d+(\/|$)/.test(text);
}

function urlOf(text: string): URL {
  const whole = /^https?:\/\//i.test(text) ? text : `http://${text.startsWith(':') ? '127.0.0.1' : ''}${text}`;
  if (URL.canParse(whole)) return new URL(whole);
  throw new InputError(`“${text.slice(0, 100)}” is no address. Give one such as http://127.0.0.1:8080/score.`, {
    at: text,
  });
}

function methodOf(text: string): EncodedRequest['method'] {
  const method = methods.find((known) => known === text.toUpperCase());
  if (method) return method;
  throw new InputError(`method: expected one of ${methods.join(', ')}, got “${text.slice(0, 20)}”.`, { at: text });
}

/** A model's name as it stands in a path. */
function decodedName(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new InputError(
      `“${text.slice(0, 100)}”: “${part.slice(0, 60)}” is no name in a path. Write a percent sign in it as %25.`,
      {
        at: text,
        cause,
      },
    );
  }
}

/** JSON is what nearly every endpoint takes; who sends something else says so. */
function withContentType(headers: Readonly<Record<string, string>>, body: Uint8Array | undefined) {
  if (body === undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) return headers;
  try {
    JSON.parse(Buffer.from(body).toString('utf8'));
    return { ...headers, 'content-type': 'application/json' };
  } catch {
    return headers;
  }
}

/** Whether a server says at `/v2` that it speaks the Open Inference Protocol. */
async function speaksOpenInference(url: URL, signal: AbortSignal): Promise<boolean> {
  const answer = await get(new URL('/v2', url), { timeoutMs: askMs, signal });
  if (answer.kind !== 'answer' || answer.status !== 200) return false;
  try {
    const said: unknown = JSON.parse(answer.text);
    return typeof said === 'object' && said !== null && 'name' in said && 'extensions' in said;
  } catch {
    return false;
  }
}

/**
 * A target from an address typed by hand. `…/v2/models/NAME` (or `model`) is a model behind the Open Inference Protocol;
 * everything else is a plain endpoint that is asked the one request, `GET` unless said otherwise.
 * @throws InputError if the address cannot be read, or is the bare base of the protocol without a model's name
 */
export async function targetAtAddress(
  text: string,
  { model, method, headers = {}, body, features }: AddressOptions,
  signal: AbortSignal,
): Promise<TargetConfig> {
  const url = urlOf(text);
  const isPlain = method !== undefined || body !== undefined || Object.keys(headers).length > 0;
  const inPath = /^(.*)\/v2\/models\/([^/]+)(?:\/infer)?\/?$/.exec(url.pathname);
  const name = model ?? (inPath ? decodedName(inPath[2]!, text) : undefined);
  if (!isPlain && name !== undefined) {
    const base = new URL(url.origin);
    // Set, not resolved: a path that begins with two slashes would be another host.
    base.pathname = inPath?.[1] || (inPath ? '/' : url.pathname);
    return {
      name: text,
      service: {
        kind: 'url',
        url: base.href,
        model: name,
        readyTimeoutMs: 5000,
        ...(features === undefined ? {} : { features }),
      },
    };
  }
  if (!isPlain && url.pathname === '/' && (await speaksOpenInference(url, signal))) {
    throw new InputError(
      `${url.origin} speaks the Open Inference Protocol. Say which model: ${url.origin}/v2/models/NAME, or --model NAME.`,
      { at: text },
    );
  }
  return {
    name: text,
    service: plainHttpService({
      url,
      method: methodOf(method ?? (body === undefined ? 'GET' : 'POST')),
      headers: withContentType(headers, body),
      body: body ?? null,
    }),
  };
}
