const cr = 13;
const lf = 10;
/** Headers longer than this are not followed. */
const mostHeaderBytes = 65_536;

type State =
  | { readonly at: 'headers'; text: string }
  | { readonly at: 'body'; leftBytes: number }
  | { readonly at: 'chunk-size'; text: string }
  | { readonly at: 'chunk'; leftBytes: number }
  | { readonly at: 'trailer'; line: string }
  /** Not HTTP/1, or no more of it: nothing is counted from here on. */
  | { readonly at: 'unknown' };

/** Counts the requests in a stream of HTTP/1.1, however it is cut; bodies are skipped, not read (RFC 9112, §6). */
export class HttpRequestCounter {
  #state: State = { at: 'headers', text: '' };

  /** Requests whose headers end in these bytes. */
  count(bytes: Uint8Array): number {
    let requests = 0;
    let from = 0;
    while (from < bytes.length) {
      const state = this.#state;
      switch (state.at) {
        case 'unknown':
          return requests;
        case 'body':
        case 'chunk': {
          const taken = Math.min(state.leftBytes, bytes.length - from);
          from += taken;
          state.leftBytes -= taken;
          if (state.leftBytes > 0) return requests;
          this.#state = state.at === 'body' ? { at: 'headers', text: '' } : { at: 'chunk-size', text: '' };
          break;
        }
        case 'chunk-size': {
          const byte = bytes[from++]!;
          if (byte !== lf) {
            state.text += String.fromCharCode(byte);
            if (state.text.length > 1024) this.#state = { at: 'unknown' };
            break;
          }
          const size = Number.parseInt(state.text, 16);
          if (!(size >= 0)) this.#state = { at: 'unknown' };
          // Each chunk ends with an empty line of its own.
          else this.#state = size === 0 ? { at: 'trailer', line: '' } : { at: 'chunk', leftBytes: size + 2 };
          break;
        }
        case 'trailer': {
          const byte = bytes[from++]!;
          if (byte === lf) this.#state = state.line === '' ? { at: 'headers', text: '' } : { at: 'trailer', line: '' };
          else if (byte !== cr) state.line = 'some';
          break;
        }
        case 'headers': {
          const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(lf, from);
          const to = end < 0 ? bytes.length : end + 1;
          state.text += Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
          from = to;
          if (state.text.length > mostHeaderBytes) this.#state = { at: 'unknown' };
          else if (/^\r?\n/.test(state.text)) state.text = '';
          else if (/\n\r?\n$/.test(state.text)) {
            this.#state = bodyOf(state.text);
            if (this.#state.at !== 'unknown') requests++;
          }
          break;
        }
      }
    }
    return requests;
  }
}

/** What comes after a request's headers. */
function bodyOf(headers: string): State {
  if (!/^[!#$%&'*+.^_`|~\w-]+ \S+ HTTP\/1\.\d\r?\n/.test(headers)) return { at: 'unknown' };
  if (/\ntransfer-encoding:[^\n]*chunked/i.test(headers)) return { at: 'chunk-size', text: '' };
  const length = Number(/\ncontent-length:[ \t]*(\d+)/i.exec(headers)?.[1] ?? 0);
  return length > 0 ? { at: 'body', leftBytes: length } : { at: 'headers', text: '' };
}
