import { kernelsBase64 } from './kernels.wasm.ts';

/** The functions of assembly/, on addresses in their memory. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  moments(...numbers: readonly number[]): void;
  extreme(...numbers: readonly number[]): void;
  pairs(...numbers: readonly number[]): void;
  rank(...numbers: readonly number[]): void;
  midranks(...numbers: readonly number[]): number;
}

/** What is used of the platform's WebAssembly, which neither Node's types nor ES2023 declare. */
interface WasmPlatform {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
}

const pageBytes = 65_536;
let made: Kernels | undefined;

/** The kernels of this thread, compiled when they are first used: 5 kB. */
export function kernels(): Kernels {
  if (made) return made;
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WasmPlatform }).WebAssembly;
  made = new Instance(new Module(Buffer.from(kernelsBase64, 'base64'))).exports as Kernels;
  return made;
}

/**
 * The kernels' memory, all of it: each call has it for itself, from address 0 on, and leaves nothing behind.
 * @returns a view that holds until the memory grows the next time
 */
export function kernelWords(neededBytes: number): Float64Array {
  const { memory } = kernels();
  const lackingBytes = neededBytes - memory.buffer.byteLength;
  if (lackingBytes > 0) memory.grow(Math.ceil(lackingBytes / pageBytes));
  return new Float64Array(memory.buffer);
}
