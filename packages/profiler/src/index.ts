export { pipelineMemory, profilerChecks, serviceMemory } from './checks.ts';
export type { ProcessMemory } from './proc-memory.ts';
export { readProcessMemory, readPssBytes } from './proc-memory.ts';
export type { MemoryPeak, MemoryTimeline, MemoryWatch } from './timeline.ts';
export { watchMemory } from './timeline.ts';
