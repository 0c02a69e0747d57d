import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsSchema } from '../../src/doctor/findings.ts';
import { NUMBERS } from '../../src/sandbox/world.ts';
import { resemblesNationalId } from '../../src/values.ts';
import { run } from '../cli/program.ts';
import { example } from '../config/files.ts';

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-doctor-test-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('doctor', () => {
  it('ends with 0 over a sandbox of its own, and names those to try next', async () => {
    const ended = await run(['doctor']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('\nNothing is wrong.\n');
    expect(ended.stdout).toContain(`npm run doctor -- --data-consumer ${NUMBERS.D}`);
    expect(ended.stdout).not.toMatch(/WRONG|WARNING/);
  });

  it('ends with 1 where something is wrong, and writes the report all the same', async () => {
    const ended = await run(['doctor', '--data-consumer', NUMBERS.D, '--report', at('report.md')]);
    expect(ended).toMatchObject({
      code: 1,
      stderr: `The report of the integration test is in ${at('report.md')}.\n`,
    });
    expect(ended.stdout).toMatch(/WRONG +Delegation: .*\n(?:.*\n)+.*Begin with: Soldogg Forsikring, Delegation\.\n$/);
    const report = await readFile(at('report.md'), 'utf8');
    expect(report).toMatch(/^# Integration test/);
    expect(report).toContain('| Delegation | **wrong** |');
    expect(resemblesNationalId(report)).toBe(false);
  });

  it('prints JSON and nothing else', async () => {
    const ended = await run(['doctor', '--json', '--data-consumer', NUMBERS.E]);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    const findings = findingsSchema.parse(JSON.parse(ended.stdout));
    expect(findings.dataConsumers).toMatchObject([{ organisationNumber: NUMBERS.E, supplier: null }]);
  });

  it('tells every mistake in a configuration, and ends with 1', async () => {
    await writeFile(at('broken.json'), JSON.stringify({ ...example('test'), nav: {}, surplus: 1 }));
    const ended = await run(['doctor', '--config', at('broken.json')]);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toMatch(/WRONG +Configuration: /);
    for (const mistake of [
      'nav.aap: is missing',
      'surplus: is not a setting',
      'dataConsumers[0].client.keys[0].privateKey: ',
    ]) {
      expect(ended.stdout).toContain(`- ${mistake}`);
    }
  });

  it.each<[string, string[], RegExp]>([
    [
      'a file that is missing',
      ['--config', '/nowhere/config.json'],
      /^The configuration \/nowhere\/config\.json cannot be read\.\n$/,
    ],
    ['an unknown data consumer', ['--data-consumer', '999999999'], /^There is no such data consumer .*210483713/],
    ['an unknown option', ['--cure'], /unknown option '--cure'/],
    [
      'a report that cannot be written',
      ['--report', '/dev/null/report.md'],
      /^The report cannot be written to \/dev\/null\/report\.md\.\n$/,
    ],
  ])('ends with 2 for %s', async (_, args, says) => {
    const ended = await run(['doctor', ...args]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(says);
  });
});
