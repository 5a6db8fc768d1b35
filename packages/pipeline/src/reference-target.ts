import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TargetConfig } from '@preopen/core';

/** A built entry of this package; the same path from the sources and from the build. */
function entry(name: string): string {
  const path = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: build @preopen/pipeline first (npm run build)`);
  return path;
}

/**
 * The reference pipeline and service as a target like any other: two commands. What a run without a config measures, and
 * an example of a good one. No check knows it.
 */
export function referenceTarget(): TargetConfig {
  return {
    name: 'reference',
    service: {
      kind: 'command',
      command: [
        process.execPath,
        entry('reference-service'),
        '--port',
        '{port}',
        '--leave-model',
        '{workDir}/model.txt',
      ],
      readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
      model: 'reference',
      modelFile: { path: '{workDir}/model.txt', reload: 'SIGHUP' },
    },
    pipeline: { kind: 'command', command: [process.execPath, entry('reference-pipeline'), '{input}', '{output}'] },
  };
}
