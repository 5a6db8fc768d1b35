import { kindOf } from './compare.ts';
import { type HeapGraph, namedEdges } from './heap-graph.ts';

const none = 0xffffffff;

/** What is only held for the moment, by code that runs while the snapshot is written. */
const passing: ReadonlySet<string> = new Set(['(Stack roots)', '(Handle scope)', '(Micro tasks)']);

/**
 * The shortest way from the root to an object of a kind that is younger than a mark: what holds on to it.
 * @param newerThanId highest object number of an earlier snapshot; 0 for any object
 * @returns steps from the root, such as `global`, `.cache (Map)`, `[12] (Request)`; empty if there is no such object
 */
export function retainerPath(
  graph: HeapGraph,
  kind: { readonly type: string; readonly name: string },
  newerThanId = 0,
): string[] {
  const lasting = search(graph, kind, newerThanId, passing);
  return lasting.length > 0 ? lasting : search(graph, kind, newerThanId, new Set());
}

function search(
  graph: HeapGraph,
  kind: { readonly type: string; readonly name: string },
  newerThanId: number,
  avoided: ReadonlySet<string>,
): string[] {
  const parentEdge = new Uint32Array(graph.nodes).fill(none);
  const parentNode = new Uint32Array(graph.nodes);
  const queue = new Uint32Array(graph.nodes);
  const weak = graph.edgeTypes.indexOf('weak');
  let head = 0;
  let tail = 1;
  parentEdge[0] = 0;
  while (head < tail) {
    const node = queue[head++]!;
    if (graph.nodeId[node]! > newerThanId) {
      const { type, name } = kindOf(graph, node);
      if (type === kind.type && name === kind.name) return pathTo(graph, node, parentNode, parentEdge);
    }
    if (avoided.has(graph.strings[graph.nodeName[node]!] ?? '')) continue;
    for (let edge = graph.edgeStart[node]!; edge < graph.edgeStart[node + 1]!; edge++) {
      const to = graph.edgeTo[edge]!;
      if (graph.edgeType[edge] === weak || parentEdge[to] !== none) continue;
      parentEdge[to] = edge;
      parentNode[to] = node;
      queue[tail++] = to;
    }
  }
  return [];
}

function pathTo(graph: HeapGraph, target: number, parentNode: Uint32Array, parentEdge: Uint32Array): string[] {
  const steps: string[] = [];
  for (let node = target; node !== 0; node = parentNode[node]!) {
    const edge = parentEdge[node]!;
    const edgeType = graph.edgeTypes[graph.edgeType[edge]!] ?? '';
    const name = graph.strings[graph.nodeName[node]!] || kindOf(graph, node).name;
    const label = namedEdges.has(edgeType)
      ? `.${graph.strings[graph.edgeName[edge]!] ?? '?'}`
      : `[${graph.edgeName[edge]}]`;
    steps.push(`${label} (${name})`);
  }
  return steps.reverse();
}

/**
 * Highest object number of a snapshot: objects with a higher one in a later snapshot were allocated after it. Objects of
 * the heap have odd numbers; even ones are hashes of what lies outside it.
 */
export function highestId(graph: HeapGraph): number {
  let highest = 0;
  for (let node = 0; node < graph.nodes; node++) {
    const id = graph.nodeId[node]!;
    if (id % 2 === 1 && id > highest) highest = id;
  }
  return highest;
}
