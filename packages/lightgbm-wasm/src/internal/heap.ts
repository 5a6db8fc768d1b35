import { DataError } from '../errors.ts';
import { bindKernels, type Kernels, kernelsModule } from './kernels.ts';
import { type WasmMemory, wasm } from './web-assembly.ts';

const PAGE = 65_536;
const MAX_PAGES = 65_536;
const LINE = 64;

/**
 * One WebAssembly memory with its kernels, handed out from the bottom up and given back from the top down.
 * Views are made when asked for, because growing the memory detaches all that were made before.
 */
export class Heap {
  readonly memory: WasmMemory;
  readonly kernels: Kernels;
  readonly module: object;
  /** Whether worker threads can use the memory too. */
  readonly isShared: boolean;
  private top = LINE;

  constructor(isShared = false) {
    this.isShared = isShared;
    this.memory = new wasm.Memory({ initial: 1, maximum: MAX_PAGES, shared: isShared });
    this.module = kernelsModule(isShared);
    this.kernels = bindKernels(this.memory, this.module);
  }

  /**
   * Reserves bytes, aligned to a cache line and followed by one (kernels read whole vectors).
   * @throws DataError beyond WebAssembly's 4 GiB
   */
  reserve(bytes: number): number {
    const address = this.top;
    const end = address + Math.ceil(bytes / LINE) * LINE + LINE;
    const pages = Math.ceil(end / PAGE);
    const missing = pages - this.memory.buffer.byteLength / PAGE;
    if (pages > MAX_PAGES) {
      throw new DataError(
        `The data needs ${Math.ceil(end / 2 ** 20)} MiB; WebAssembly addresses 4096. Use fewer rows.`,
      );
    }
    if (missing > 0) this.memory.grow(missing);
    this.top = end;
    return address;
  }

  /** Where the next reservation would begin; pass it to {@link release}. */
  mark(): number {
    return this.top;
  }

  /** Gives back everything reserved since the mark. */
  release(mark: number): void {
    this.top = mark;
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  halves(address: number, length: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, address, length);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }
}
