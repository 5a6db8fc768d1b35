import { describe, expect, it } from 'vitest';
// @ts-expect-error: a script in plain JavaScript, its types stand in comments.
import { verificationsAsked } from '../scripts/verifications-asked.mjs';

const known = ['V1', 'V2', 'V3'];

describe('the verifications that a command line asks for', () => {
  it('are all of them where none is named', () => {
    expect(verificationsAsked([], known)).toEqual({ wanted: known, asJson: false });
    expect(verificationsAsked(['--json'], known)).toEqual({ wanted: known, asJson: true });
  });

  it('are those that are named, as arguments of their own, in one, or apart by commas', () => {
    for (const args of [['V1', 'V3'], ['V1 V3'], ['V1,V3'], ['V1,', 'V3']])
      expect(verificationsAsked(args, known).wanted, args.join('|')).toEqual(['V1', 'V3']);
    expect(verificationsAsked(['V2', '--json'], known)).toEqual({ wanted: ['V2'], asJson: true });
  });

  it('are refused where one of them does not exist, with those that do', () => {
    for (const args of [['V9'], ['V1', 'V9'], ['v1'], ['--jason'], ['V1 V9']])
      expect(() => verificationsAsked(args, known), args.join('|')).toThrow(/is not known\. Pass ids of V1, V2, V3/);
  });
});
