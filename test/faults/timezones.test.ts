import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('./one-day.ts', import.meta.url));

/** What the program tells when the machine lies in that time zone. */
async function toldIn(TZ: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], {
    env: { ...process.env, TZ },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

it('every answer, date and decision is the same, letter by letter, wherever the machine stands', async () => {
  const [utc, west, east] = await Promise.all(['UTC', 'America/Los_Angeles', 'Pacific/Auckland'].map(toldIn));
  expect(west).toBe(utc);
  expect(east).toBe(utc);
  // What was compared is a day in which dates matter.
  for (const told of [
    '"reason":"EXPIRED"',
    '"reason":"WITHDRAWN"',
    '"reason":"OUTSIDE_PERIOD"',
    'withdrew the consent on 2027-10-31',
    '"status":"DECLINED"',
    'three years at most',
    '"harAapPaa":"JA"',
    '"harAapPaa":"NEI"',
    '"validTo":"2029-11-16T23:00:00.000Z"',
  ]) {
    expect(utc).toContain(told);
  }
});

it('the program notices a time zone, so that the comparison is one that can fail', async () => {
  const print = (TZ: string) =>
    promisify(execFile)(process.execPath, ['-e', 'process.stdout.write(String(new Date(0)))'], {
      env: { ...process.env, TZ },
    });
  const [utc, east] = await Promise.all(['UTC', 'Pacific/Auckland'].map(print));
  expect(east?.stdout).not.toBe(utc?.stdout);
});
