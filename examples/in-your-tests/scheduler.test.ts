import { expect, test } from 'vitest';
import { planAt } from './scheduler.ts';

const taipei = (text: string): Date => new Date(`${text}+08:00`);

test('predictions are made on a session, once its close is known', () => {
  expect(planAt(taipei('2024-10-30T13:39:00')).run).toBe(false);
  expect(planAt(taipei('2024-10-30T13:41:00')).run).toBe(true);
});

test('no work on a typhoon day, and the next question on the session after it', () => {
  const plan = planAt(taipei('2024-10-31T14:00:00'));
  expect(plan.run).toBe(false);
  expect(plan.why).toContain('Kong-rey');
  expect(new Date(plan.askAgainMs)).toEqual(taipei('2024-11-01T13:40:00'));
});

test('a typhoon of this morning is ours to add', () => {
  expect(planAt(taipei('2026-12-01T14:00:00')).run).toBe(true);
  expect(planAt(taipei('2026-12-01T14:00:00'), ['2026-12-01']).run).toBe(false);
});
