import { expect, it } from 'vitest';
import { ownPlace, pidsHere } from '../src/agents/place.ts';

it('knows the processes of this machine by their numbers, and of no other machine or container', () => {
  const here = 'boot-1 pid:[4026531836]';
  const places = [`${here} 17`, 'boot-2 pid:[4026531836] 18', 'boot-1 pid:[4026532999] 19', '', null, `${here} 20`];
  expect(pidsHere(places, here)).toEqual([17, 20]);
  expect(pidsHere(places, undefined)).toEqual([]);
});

it.runIf(process.platform === 'linux')('knows where it is itself', () => {
  expect(pidsHere([ownPlace()])).toEqual([process.pid]);
});
