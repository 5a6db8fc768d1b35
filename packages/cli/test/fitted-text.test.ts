import { describe, expect, it } from 'vitest';
import { fittedText } from '../src/terminal/fitted-text.ts';

const help = [
  'Examples:',
  '  preopen run                       the reference pipeline, simulated market, suite quick',
  '  preopen run --target mine --validate-requirements --generate-report --key preopen.key.pem',
  '                                    your system',
  '',
  'Exit codes:',
  '  0    it worked',
].join('\n');

describe('help', () => {
  it('stands as it is written where the terminal is wide enough', () => {
    expect(fittedText(help, 120)).toBe(help);
  });

  it('puts comments below their examples where it is not, and breaks no example', () => {
    expect(fittedText(help, 60).split('\n')).toEqual([
      'Examples:',
      '  preopen run',
      '      the reference pipeline, simulated market, suite quick',
      '  preopen run --target mine --validate-requirements --generate-report --key preopen.key.pem',
      '      your system',
      '',
      'Exit codes:',
      '  0    it worked',
    ]);
  });
});
