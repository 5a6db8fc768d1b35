import type { Reply } from '@preopen/core';
import { quality } from './probe-log.ts';

/** Whether a service marks an answer as stale or degraded. */
export type IsMarked = (headers: Reply['headers']) => boolean;

/**
 * The marks that are known: `x-degraded` with any value but `false` or `0`, or a `warning` of code 110 or 111 (stale, and
 * stale because the origin could not be asked). Source: RFC 7234 §5.5
 */
export const isMarkedAnswer: IsMarked = (headers) => {
  const degraded = headers['x-degraded'];
  if (degraded !== undefined && !['false', '0', ''].includes(String(degraded))) return true;
  return /^11[01]\b/.test(String(headers.warning ?? ''));
};

const bytesOf = (values: Float64Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/**
 * What a service predicts for each of a few different requests without a fault, and what its answers are worth against that.
 * Predictions are compared bit by bit: same request, same model, same answer.
 */
export class AnswerBook {
  readonly #reference: (Float64Array | undefined)[];
  readonly #isMarked: IsMarked;
  #worth = new Uint8Array(1024);
  #isLearning = true;
  #isRepeatable = true;
  #ofAnotherRequest = 0;

  /** @param requests how many different requests there are */
  constructor(requests: number, isMarked: IsMarked = isMarkedAnswer) {
    this.#reference = new Array<Float64Array | undefined>(requests).fill(undefined);
    this.#isMarked = isMarked;
  }

  /**
   * Takes the answer to a request. While the book learns, the first answer to each request is what the others are held
   * against: a service that answers it differently then has no right answers to speak of.
   * @param slot number in the log
   * @param request which of the different requests it was
   */
  take(slot: number, request: number, predictions: Float64Array, headers: Reply['headers']): void {
    const known = this.#reference[request];
    const isMarked = this.#isMarked(headers);
    if (this.#isLearning) {
      if (known === undefined) this.#reference[request] = predictions.slice();
      else if (!bytesOf(known).equals(bytesOf(predictions))) this.#isRepeatable = false;
      this.#set(slot, isMarked ? quality.marked : quality.unknown);
      return;
    }
    if (isMarked) this.#set(slot, quality.marked);
    else if (known === undefined || !this.#isRepeatable) this.#set(slot, quality.unknown);
    else if (bytesOf(known).equals(bytesOf(predictions))) this.#set(slot, quality.right);
    else {
      this.#set(slot, quality.wrong);
      const isOther = this.#reference.some((other) => other && bytesOf(other).equals(bytesOf(predictions)));
      if (isOther) this.#ofAnotherRequest++;
    }
  }

  /** From now on answers are held against what was learnt. */
  stopLearning(): void {
    this.#isLearning = false;
  }

  /** Whether the same request had the same answer each time before the fault; without that no answer can be called wrong. */
  get isRepeatable(): boolean {
    return this.#isRepeatable && this.#reference.every((known) => known !== undefined);
  }

  /** Wrong answers that are, bit for bit, those of another request. */
  get ofAnotherRequest(): number {
    return this.#ofAnotherRequest;
  }

  /** What the answers of the first requests were worth, as codes. */
  worth(count: number): Uint8Array {
    const worth = new Uint8Array(count);
    worth.set(this.#worth.subarray(0, count));
    return worth;
  }

  #set(slot: number, code: number): void {
    if (slot >= this.#worth.length) {
      const longer = new Uint8Array(Math.max(slot + 1, this.#worth.length * 2));
      longer.set(this.#worth);
      this.#worth = longer;
    }
    this.#worth[slot] = code;
  }
}
