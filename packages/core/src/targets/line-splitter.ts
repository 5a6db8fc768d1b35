import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts a stream of bytes into lines, in bounded memory: of a line longer than `longest` only the start is given.
 * @returns `push` for each chunk, `end` for a last line without its end
 */
export function lineSplitter(
  onLine: (line: string) => void,
  longest = 65_536,
): { push(chunk: Uint8Array): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = text.split('\n');
    for (const [index, piece] of lines.entries()) {
      if (index > 0) {
        onLine(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
        rest = '';
      }
      if (rest.length < longest) rest += piece.slice(0, longest - rest.length);
    }
  };
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      take(decoder.end());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
