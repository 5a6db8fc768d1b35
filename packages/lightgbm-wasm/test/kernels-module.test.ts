import { expect, it } from 'vitest';
import { kernelsBase64 } from '../src/internal/kernels.wasm.ts';

interface Builder {
  compileKernels(): Promise<Uint8Array>;
}

it('the committed module is what the AssemblyScript sources compile to', { timeout: 60_000 }, async () => {
  const script = new URL('../scripts/build-kernels.mjs', import.meta.url).href;
  const { compileKernels } = (await import(script)) as Builder;
  expect(kernelsBase64).toBe(Buffer.from(await compileKernels()).toString('base64'));
});
