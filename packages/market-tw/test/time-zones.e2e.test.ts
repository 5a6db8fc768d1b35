import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const built = new URL('../dist/index.js', import.meta.url).href;
const program = `
  const { phaseAt, tradingCalendar } = await import(${JSON.stringify(built)});
  const phases = ['2025-04-07T00:29:59Z', '2025-04-07T00:30:00Z', '2025-04-07T05:29:59Z', '2025-04-06T23:59:59Z']
    .map((instant) => phaseAt(new Date(instant)));
  console.log(JSON.stringify([phases, tradingCalendar().sessionsBetween('2025-03-25', '2025-04-08')]));`;
const inZone = (zone: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    }),
  );

describe('calendar and phases', () => {
  it.each(['UTC', 'Asia/Taipei', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Niue', 'Australia/Lord_Howe'])(
    'are the same on a machine in %s',
    (zone) => {
      const [phases, sessions] = inZone(zone) as [{ date: string; time: string; phase: string }[], string[]];
      expect(phases.map(({ date, time, phase }) => `${date} ${time} ${phase}`)).toEqual([
        '2025-04-07 08:29:59 closed',
        '2025-04-07 08:30:00 order-collection',
        '2025-04-07 13:29:59 closing-auction',
        '2025-04-07 07:59:59 closed',
      ]);
      // Children's and Tomb Sweeping Day: closed on 3 and 4 April.
      expect(sessions).toEqual([
        ...['03-25', '03-26', '03-27', '03-28', '03-31', '04-01', '04-02', '04-07', '04-08'].map(
          (day) => `2025-${day}`,
        ),
      ]);
    },
  );
});
