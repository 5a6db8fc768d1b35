/** A heap snapshot as columns: nodes are numbered from 0, the edges of node i are `edgeStart[i]` to `edgeStart[i + 1]`. */
export interface HeapGraph {
  readonly nodes: number;
  readonly nodeType: Uint8Array;
  /** Index into `strings`. */
  readonly nodeName: Uint32Array;
  /** Number of the object, the same in every snapshot of a process; later objects have higher ones. */
  readonly nodeId: Uint32Array;
  readonly selfBytes: Float64Array;
  readonly edgeStart: Uint32Array;
  readonly edgeType: Uint8Array;
  /** Index into `strings` for properties and variables, a number for elements. */
  readonly edgeName: Uint32Array;
  readonly edgeTo: Uint32Array;
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  /** Names of classes, functions and properties; the contents of strings are left out. */
  readonly strings: readonly (string | undefined)[];
}

/** What the head of a snapshot says about the numbers that follow. */
export interface SnapshotHead {
  readonly nodeFields: readonly string[];
  readonly nodeTypes: readonly string[];
  readonly edgeFields: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly nodes: number;
  readonly edges: number;
}

/** Edges of these types have a name in `strings`; the others a number. */
export const namedEdges: ReadonlySet<string> = new Set(['context', 'property', 'internal', 'shortcut', 'weak']);
/** Contents of strings are by far the most of a snapshot's text, and no name of anything. */
const textTypes: ReadonlySet<string> = new Set(['string', 'concatenated string', 'sliced string', 'number', 'bigint']);

/** Takes the numbers of a snapshot one by one, in the order of the file. */
export interface GraphBuilder {
  readonly graph: Omit<HeapGraph, 'strings'>;
  node(value: number): void;
  edge(value: number): void;
  /** Whether everything that the head announced has come. */
  isComplete(): boolean;
  /** Tells whether the string of an index is a name of anything. */
  neededStrings(): (index: number) => boolean;
}

/** Makes room for the graph that a head announces. */
export function graphBuilder(head: SnapshotHead): GraphBuilder {
  const nodeWidth = head.nodeFields.length;
  const edgeWidth = head.edgeFields.length;
  const at = (fields: readonly string[], name: string): number => fields.indexOf(name);
  const [typeAt, nameAt, idAt, sizeAt, countAt] = ['type', 'name', 'id', 'self_size', 'edge_count'].map((name) =>
    at(head.nodeFields, name),
  ) as [number, number, number, number, number];
  const [edgeTypeAt, edgeNameAt, toAt] = ['type', 'name_or_index', 'to_node'].map((name) =>
    at(head.edgeFields, name),
  ) as [number, number, number];
  const graph = {
    nodes: head.nodes,
    nodeType: new Uint8Array(head.nodes),
    nodeName: new Uint32Array(head.nodes),
    nodeId: new Uint32Array(head.nodes),
    selfBytes: new Float64Array(head.nodes),
    edgeStart: new Uint32Array(head.nodes + 1),
    edgeType: new Uint8Array(head.edges),
    edgeName: new Uint32Array(head.edges),
    edgeTo: new Uint32Array(head.edges),
    nodeTypes: head.nodeTypes,
    edgeTypes: head.edgeTypes,
  };
  let node = 0;
  let edge = 0;
  let field = 0;
  return {
    graph,
    node(value: number): void {
      if (field === typeAt) graph.nodeType[node] = value;
      else if (field === nameAt) graph.nodeName[node] = value;
      else if (field === idAt) graph.nodeId[node] = value;
      else if (field === sizeAt) graph.selfBytes[node] = value;
      else if (field === countAt) graph.edgeStart[node + 1] = graph.edgeStart[node]! + value;
      if (++field === nodeWidth) {
        field = 0;
        node++;
      }
    },
    edge(value: number): void {
      if (field === edgeTypeAt) graph.edgeType[edge] = value;
      else if (field === edgeNameAt) graph.edgeName[edge] = value;
      else if (field === toAt) graph.edgeTo[edge] = value / nodeWidth;
      if (++field === edgeWidth) {
        field = 0;
        edge++;
      }
    },
    isComplete: () => node === head.nodes && edge === head.edges,
    neededStrings() {
      const needed = new Set<number>();
      const isText = head.nodeTypes.map((type) => textTypes.has(type));
      const isNamed = head.edgeTypes.map((type) => namedEdges.has(type));
      for (let i = 0; i < head.nodes; i++) if (!isText[graph.nodeType[i]!]) needed.add(graph.nodeName[i]!);
      for (let i = 0; i < head.edges; i++) if (isNamed[graph.edgeType[i]!]) needed.add(graph.edgeName[i]!);
      return (index) => needed.has(index);
    },
  };
}
