import { relative } from 'node:path';
import { BaseSequencer } from 'vitest/node';

/**
 * The test file that noticed the mutant before this one, then the quickest: the first failure ends a mutant's run, and what stands close
 * together is mostly noticed by the same file.
 */
export class QuickestFirst extends BaseSequencer {
  async sort(files) {
    const lastTime = ({ project, moduleId }) =>
      this.ctx.cache.getFileTestResults(`${project.name}:${relative(this.ctx.config.root, moduleId)}`);
    const rank = (file) => {
      const { failed, duration } = lastTime(file) ?? { failed: false, duration: 0 };
      return failed ? -1 : duration;
    };
    return [...files].sort((a, b) => rank(a) - rank(b));
  }
}
