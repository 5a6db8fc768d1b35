// Compiles assembly/ to WebAssembly and writes it into src/operators/kernels.wasm.ts.
import { writeFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';
import { compileAssembly, moduleText } from '../../../scripts/assembly.mjs';

/** @returns {Promise<Uint8Array>} the compiled module */
export const compileKernels = () =>
  compileAssembly(main, {
    folder: new URL('../assembly/', import.meta.url),
    entry: 'index.as',
    flags: ['--enable', 'simd,bulk-memory'],
  });

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const binary = await compileKernels();
  writeFileSync(new URL('../src/operators/kernels.wasm.ts', import.meta.url), moduleText(binary));
  process.stdout.write(`${binary.length} bytes\n`);
}
