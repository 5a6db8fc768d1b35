// AssemblyScript sources (.as, so that TypeScript's tools, which take decorated functions for errors, leave them alone) to
// WebAssembly, and that to a module of TypeScript that holds it as base64. It is committed: unit tests and other packages run
// from the sources, without a build before them.
import { readFileSync } from 'node:fs';

/**
 * @param main the package's own compiler: `main` of `assemblyscript/asc`
 * @param {{ folder: URL, entry: string, flags: readonly string[] }} what the entry as `kernels.as` in the folder
 * @returns {Promise<Uint8Array>} the compiled module
 */
export async function compileAssembly(main, { folder, entry, flags }) {
  let binary;
  const { error, stderr } = await main(
    [
      entry.replace(/\.as$/, '.ts'),
      ...['--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', ...flags],
    ],
    {
      readFile: (name) => {
        try {
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
export function moduleText(binary) {
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,100}/g);
  return `// Compiled from assembly/ by scripts/build-kernels.mjs; do not edit.
/** The kernels' WebAssembly module, base64. */
export const kernelsBase64: string =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}
