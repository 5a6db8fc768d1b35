// Compiles assembly/*.as (AssemblyScript) to WebAssembly and writes it, base64, into src/internal/kernels.wasm.ts.
// The module is committed: unit tests and other packages run from the sources, without a build before them.
import { readFileSync, writeFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';

/** @returns {Promise<Uint8Array>} the compiled module */
export async function compileKernels() {
  const folder = new URL('../assembly/', import.meta.url);
  let binary;
  const { error, stderr } = await main(
    [
      'kernels.ts',
      ...['--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
      ...['--enable', 'simd,threads,bulk-memory', '--importMemory', '--sharedMemory'],
      ...['--initialMemory', '1', '--maximumMemory', '65536'],
    ],
    {
      readFile: (name) => {
        try {
          // Named .as so that TypeScript's tools, which take decorated functions for errors, leave them alone.
          return readFileSync(new URL(name.replace(/\.ts$/, '.as'), folder), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (_name, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`AssemblyScript: ${error?.message ?? 'no output'}\n${stderr.toString()}`);
  return binary;
}

/** @param {Uint8Array} binary */
export function kernelsModule(binary) {
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,100}/g);
  return `// Compiled from assembly/ by scripts/build-kernels.mjs; do not edit.
/** The kernels' WebAssembly module, base64. */
export const kernelsBase64: string =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const target = new URL('../src/internal/kernels.wasm.ts', import.meta.url);
  const binary = await compileKernels();
  writeFileSync(target, kernelsModule(binary));
  process.stdout.write(`${binary.length} bytes\n`);
}
