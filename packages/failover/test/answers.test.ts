import { describe, expect, it } from 'vitest';
import { AnswerBook, isMarkedAnswer } from '../src/answers.ts';
import { quality } from '../src/probe-log.ts';

const answer = (...values: number[]): Float64Array => Float64Array.from(values);

describe('AnswerBook', () => {
  const taught = (): AnswerBook => {
    const book = new AnswerBook(2);
    book.take(0, 0, answer(1, 2), {});
    book.take(1, 1, answer(3, 4), {});
    book.take(2, 0, answer(1, 2), {});
    book.stopLearning();
    return book;
  };
  it('holds answers bit by bit against those before the fault', () => {
    const book = taught();
    book.take(3, 0, answer(1, 2), {});
    book.take(4, 0, answer(1, 2 + Number.EPSILON * 2), {});
    book.take(5, 1, answer(1, 2), {});
    book.take(6, 1, answer(0, 0), { 'x-degraded': 'stale' });
    expect([...book.worth(8)].slice(3)).toEqual([
      quality.right,
      quality.wrong,
      quality.wrong,
      quality.marked,
      quality.unknown,
    ]);
    expect(book.ofAnotherRequest).toBe(1);
    expect(book.isRepeatable).toBe(true);
  });
  it('calls no answer wrong where the same request was answered differently before the fault', () => {
    const book = new AnswerBook(1);
    book.take(0, 0, answer(1), {});
    book.take(1, 0, answer(2), {});
    book.stopLearning();
    book.take(2, 0, answer(3), {});
    expect(book.isRepeatable).toBe(false);
    expect(book.worth(3)[2]).toBe(quality.unknown);
  });
  it('knows the marks of stale and degraded answers', () => {
    expect(isMarkedAnswer({ warning: '110 - "Response is Stale"' })).toBe(true);
    expect(isMarkedAnswer({ 'x-degraded': 'fallback' })).toBe(true);
    expect(isMarkedAnswer({ 'x-degraded': 'false', warning: '199 - "other"' })).toBe(false);
  });
});
