import { open } from 'node:fs/promises';
import { InputError } from '@preopen/core';
import { graphBuilder, type HeapGraph, type SnapshotHead } from './heap-graph.ts';

const chunkBytes = 4 << 20;
/** The head is a few kilobytes: the names of fields and types. */
const headBytes = 1 << 20;

const zero = 48;
const nine = 57;
const quote = 34;
const backslash = 92;
const closing = 93;

/**
 * Reads a V8 heap snapshot as a stream: files are often larger than the longest string that JavaScript can hold, so
 * that `JSON.parse` cannot read them.
 * @throws InputError if the file is no whole snapshot
 */
export async function readHeapSnapshot(path: string): Promise<HeapGraph> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let length = 0;
    let at = 0;
    /** @returns false at the end of the file */
    const refill = async (): Promise<boolean> => {
      length = (await file.read(buffer, 0, chunkBytes)).bytesRead;
      at = 0;
      return length > 0;
    };
    const cutOff = (): InputError =>
      new InputError(`${path} is no whole heap snapshot: it ends early. Was the process ended while it wrote?`);

    /** Skips to just behind a text, and returns what was skipped if it is short. */
    const skipTo = async (text: string, keepBytes = 0): Promise<string> => {
      let skipped = '';
      let matched = 0;
      for (;;) {
        if (at === length && !(await refill())) throw cutOff();
        const from = at;
        while (at < length && matched < text.length) {
          const byte = buffer[at++]!;
          matched = byte === text.charCodeAt(matched) ? matched + 1 : byte === text.charCodeAt(0) ? 1 : 0;
        }
        if (keepBytes > 0) skipped += buffer.toString('utf8', from, at);
        if (skipped.length > keepBytes && keepBytes > 0) throw cutOff();
        if (matched === text.length) return skipped;
      }
    };
    const readNumbers = async (take: (value: number) => void): Promise<void> => {
      let value = 0;
      let isInside = false;
      for (;;) {
        if (at === length && !(await refill())) throw cutOff();
        while (at < length) {
          const byte = buffer[at++]!;
          if (byte >= zero && byte <= nine) {
            value = value * 10 + (byte - zero);
            isInside = true;
            continue;
          }
          if (isInside) take(value);
          value = 0;
          isInside = false;
          if (byte === closing) return;
        }
      }
    };
    const readStrings = async (isNeeded: (index: number) => boolean): Promise<(string | undefined)[]> => {
      const strings: (string | undefined)[] = [];
      let pieces: Buffer[] = [];
      let isInside = false;
      let isEscaped = false;
      for (;;) {
        if (at === length && !(await refill())) throw cutOff();
        let from = at;
        while (at < length) {
          const byte = buffer[at++]!;
          if (!isInside) {
            if (byte === closing) return strings;
            if (byte === quote) {
              isInside = true;
              from = at;
            }
          } else if (isEscaped) isEscaped = false;
          else if (byte === backslash) isEscaped = true;
          else if (byte === quote) {
            isInside = false;
            if (isNeeded(strings.length)) {
              const text = Buffer.concat([...pieces, buffer.subarray(from, at - 1)]).toString('utf8');
              strings.push(text.includes('\\') ? unescaped(text) : text);
            } else strings.push(undefined);
            pieces = [];
          }
        }
        // The buffer is filled anew: what of a string it holds is copied.
        if (isInside && isNeeded(strings.length)) pieces.push(Buffer.from(buffer.subarray(from, length)));
      }
    };

    const head = parseHead(await skipTo('"nodes":[', headBytes), path, (await file.stat()).size);
    const builder = graphBuilder(head);
    await readNumbers(builder.node);
    await skipTo('"edges":[');
    await readNumbers(builder.edge);
    if (!builder.isComplete()) throw cutOff();
    await skipTo('"strings":[');
    const strings = await readStrings(builder.neededStrings());
    const { graph } = builder;
    if (graph.edgeStart[graph.nodes] !== head.edges || !graph.edgeTo.every((to) => to < graph.nodes))
      throw new InputError(`${path} is no whole heap snapshot: its edges do not lead from node to node`, { at: path });
    return { ...graph, strings };
  } finally {
    await file.close();
  }
}

/** A string as the snapshot writes it; what is no JSON stays as it stands there. */
function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');

/** @param fileBytes bounds what it may announce: every number takes two characters, and room is made for all of them at once */
function parseHead(text: string, path: string, fileBytes: number): SnapshotHead {
  const refuse = (cause?: unknown): InputError =>
    new InputError(`${path} is no heap snapshot of V8: its head cannot be read`, { at: path, cause });
  let head: SnapshotHead;
  try {
    const { snapshot } = JSON.parse(`${text.replace(/,?\s*"nodes":\[$/, '')}}`);
    head = {
      nodeFields: snapshot.meta.node_fields,
      nodeTypes: snapshot.meta.node_types[0],
      edgeFields: snapshot.meta.edge_fields,
      edgeTypes: snapshot.meta.edge_types[0],
      nodes: snapshot.node_count,
      edges: snapshot.edge_count,
    };
  } catch (cause) {
    throw refuse(cause);
  }
  const { nodeFields, nodeTypes, edgeFields, edgeTypes, nodes, edges } = head;
  if (![nodeFields, nodeTypes, edgeFields, edgeTypes].every(isNames)) throw refuse();
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && Number(count) >= 0;
  if (!isCount(nodes) || !isCount(edges)) throw refuse();
  if (nodes * nodeFields.length + edges * edgeFields.length > fileBytes) throw refuse();
  return head;
}
