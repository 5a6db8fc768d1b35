/** A WebAssembly memory. Declared here because neither Node's types nor ES2023 declare WebAssembly. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WasmInstance {
  readonly exports: unknown;
}

/** What is used of the platform's WebAssembly. */
interface WasmPlatform {
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, Record<string, unknown>>) => WasmInstance;
}

/** The platform's WebAssembly. */
export const wasm: WasmPlatform = (globalThis as unknown as { WebAssembly: WasmPlatform }).WebAssembly;
