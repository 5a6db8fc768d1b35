import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';

const helpOf = async (columns: number | undefined, ...command: string[]) => {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const stream = columns === undefined ? { write } : { write, isTTY: true, columns };
  await main([...command, '--help'], { out: stream, err: stream, env: { NO_COLOR: '1', LANG: 'C.UTF-8' } });
  return text.split('\n');
};
/** Names of the commands that the help lists. */
const commandsIn = (help: readonly string[]) =>
  help
    .slice(help.indexOf('Commands:') + 1)
    .flatMap((line) => /^ {2}([a-z]+)\b/.exec(line)?.[1] ?? [])
    .filter((name) => name !== 'help');
const everyCommand = async () => {
  const top = commandsIn(await helpOf(80));
  const nested = await Promise.all(
    top.map(async (name) => {
      const help = await helpOf(80, name);
      return help.includes('Commands:') ? commandsIn(help).map((below) => [name, below]) : [];
    }),
  );
  return [[], ...top.map((name) => [name]), ...nested.flat()];
};

describe('the help', () => {
  it.each([80, 120, 200])(
    'of every command stays within a terminal of %i columns, but for examples',
    async (columns) => {
      const commands = await everyCommand();
      expect(commands.length).toBeGreaterThan(25);
      for (const command of commands) {
        const wide = (await helpOf(columns, ...command)).filter((line) => line.length > columns);
        // Examples are to be copied and never broken.
        expect(wide.filter((line) => !/^ {2,}(preopen|curl) /.test(line))).toEqual([]);
      }
    },
  );

  it.each([80, undefined])('fills each line of its introduction (%s columns)', async (columns) => {
    const lines = await helpOf(columns);
    const first = lines.findIndex((line) => line.startsWith('preopen tells'));
    const paragraph = lines.slice(first, lines.indexOf('', first));
    expect(paragraph.length).toBeGreaterThan(1);
    paragraph.slice(1).forEach((line, i) => {
      expect(`${paragraph[i]} ${line.split(' ')[0]}`.length).toBeGreaterThan(columns ?? 100);
    });
  });

  it('shows the default of a duration as one would write it: a bare number would be seconds', async () => {
    for (const command of await everyCommand()) {
      const flags = (await helpOf(200, ...command)).filter((line) => line.includes('<time>'));
      for (const flag of flags) expect(flag).not.toMatch(/default: \d+\)/);
    }
    expect((await helpOf(200, 'load')).join('\n')).toMatch(/--limit <time> .*\(default: 100ms\)/);
    expect((await helpOf(200, 'watch')).join('\n')).toMatch(/--every <time> .*\(default: 5min\)/);
  });
});
