import type { HeapGraph } from './heap-graph.ts';

/** Objects of one class (or closures of one function), and what they take themselves. */
export interface ObjectKind {
  /** `object`, `closure`, `array`, `string` … as V8 has them. */
  readonly type: string;
  /** Name of the constructor or of the function; of other types the type in brackets. */
  readonly name: string;
  readonly count: number;
  readonly selfBytes: number;
}

/** How a kind changed between two marks. */
export interface KindChange {
  readonly type: string;
  readonly name: string;
  readonly count: number;
  readonly countChange: number;
  readonly bytesChange: number;
}

/** Classes of the language and of Node: what a program's own classes are made of. */
const builtins: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(globalThis));
const namedTypes: ReadonlySet<string> = new Set(['object', 'closure', 'native', 'regexp']);

/** Whether these are objects of a class of the program, rather than of what its classes are made of. */
export function isOwnClass({ type, name }: { readonly type: string; readonly name: string }): boolean {
  return type === 'object' && !builtins.has(name) && !name.startsWith('(');
}

/** Name under which a node is counted. */
export function kindOf(graph: HeapGraph, node: number): { type: string; name: string } {
  const type = graph.nodeTypes[graph.nodeType[node]!] ?? 'unknown';
  if (!namedTypes.has(type)) return { type, name: `(${type})` };
  return { type, name: graph.strings[graph.nodeName[node]!] || '(anonymous)' };
}

/** Objects of a snapshot by kind. */
export function countKinds(graph: HeapGraph): Map<string, ObjectKind> {
  // Counted by number first: millions of nodes share a few hundred names.
  const counts = new Map<number, { node: number; count: number; selfBytes: number }>();
  for (let node = 0; node < graph.nodes; node++) {
    const type = graph.nodeType[node]!;
    const isNamed = namedTypes.has(graph.nodeTypes[type] ?? '');
    const key = (isNamed ? graph.nodeName[node]! + 1 : 0) * 64 + type;
    const seen = counts.get(key);
    if (seen) {
      seen.count++;
      seen.selfBytes += graph.selfBytes[node]!;
    } else counts.set(key, { node, count: 1, selfBytes: graph.selfBytes[node]! });
  }
  const kinds = new Map<string, ObjectKind>();
  for (const { node, count, selfBytes } of counts.values()) {
    const { type, name } = kindOf(graph, node);
    const key = `${type} ${name}`;
    const seen = kinds.get(key);
    kinds.set(key, { type, name, count: count + (seen?.count ?? 0), selfBytes: selfBytes + (seen?.selfBytes ?? 0) });
  }
  return kinds;
}

/** What changed from one mark to the next, the kinds that grew by the most bytes first. */
export function compareKinds(
  before: ReadonlyMap<string, ObjectKind>,
  after: ReadonlyMap<string, ObjectKind>,
): KindChange[] {
  const changes: KindChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const { type, name } = (is ?? was)!;
    const countChange = (is?.count ?? 0) - (was?.count ?? 0);
    const bytesChange = (is?.selfBytes ?? 0) - (was?.selfBytes ?? 0);
    if (countChange === 0 && bytesChange === 0) continue;
    changes.push({ type, name, count: is?.count ?? 0, countChange, bytesChange });
  }
  return changes.sort((a, b) => b.bytesChange - a.bytesChange);
}

/**
 * Kinds that grew between three marks with the same number of iterations between them, most suspect first: first those
 * that grew by a whole multiple of a prime number of iterations both times (nothing but the workload does that), then
 * objects of classes before what they are made of.
 */
export function growingKinds(
  marks: readonly [ReadonlyMap<string, ObjectKind>, ReadonlyMap<string, ObjectKind>, ReadonlyMap<string, ObjectKind>],
  primeIterations: number,
): (KindChange & { readonly isMultiple: boolean })[] {
  const first = new Map(compareKinds(marks[0], marks[1]).map((change) => [`${change.type} ${change.name}`, change]));
  return compareKinds(marks[1], marks[2])
    .flatMap((second) => {
      const before = first.get(`${second.type} ${second.name}`);
      if (!before || before.countChange <= 0 || second.countChange <= 0) return [];
      const isMultiple = [before, second].every(({ countChange }) => countChange % primeIterations === 0);
      const bytesChange = before.bytesChange + second.bytesChange;
      return [{ ...second, countChange: before.countChange + second.countChange, bytesChange, isMultiple }];
    })
    .sort((a, b) => rank(b) - rank(a) || b.bytesChange - a.bytesChange);

  function rank({ type, name, isMultiple }: KindChange & { isMultiple: boolean }): number {
    const isOwn = isOwnClass({ type, name });
    return (isMultiple ? 4 : 0) + (isOwn ? 2 : 0) + (type === 'object' || type === 'closure' ? 1 : 0);
  }
}
