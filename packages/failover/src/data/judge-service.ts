import type { Exchange } from '@preopen/core';
import type { RequestFault } from './request-faults.ts';

/** Whether a service did well with a wrong request, in words. */
export interface ServiceHandling {
  readonly isGood: boolean;
  readonly sentence: string;
}

const good = (sentence: string): ServiceHandling => ({ isGood: true, sentence });
const bad = (sentence: string): ServiceHandling => ({ isGood: false, sentence });

/** Whether two answers hold the same predictions, bit by bit. */
export function sameAnswer(a: Float64Array | undefined, b: Float64Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/**
 * Judges an answer to a wrong request.
 * @param clean predictions for the right one
 */
export function judgeService(
  { accepts }: Pick<RequestFault, 'accepts'>,
  { outcome, status, problem, predictions }: Exchange,
  clean: Float64Array,
): ServiceHandling {
  switch (outcome) {
    case 'ok':
      if (sameAnswer(predictions, clean)) return good('answers as to the right request');
      return accepts === 'finite'
        ? good('gives a finite prediction for each row')
        : bad(`it answered ${status} with predictions, of data that it cannot have understood`);
    case 'status':
      if (status >= 400 && status < 500) return good(`refuses: ${problem ?? `HTTP ${status}`}`);
      return bad(
        `it answered ${status}: it takes the client’s mistake for its own, and the client tries again in vain`,
      );
    case 'non-finite':
      return bad(`it answered ${status} with predictions that are not finite: ${problem}`);
    case 'wrong-shape':
      return bad(`it answered ${status} with another number of predictions than rows: ${problem}`);
    case 'timeout':
      return bad('it did not answer: the client’s thread hangs until its own time-out');
    case 'connect':
      return bad(
        `the connection broke and no 4xx came (${problem}): the client cannot tell that its request was wrong, and tries again. Catch what reading a request raises, and answer 400`,
      );
    default:
      return bad(`it answered what cannot be read: ${problem ?? outcome}`);
  }
}
