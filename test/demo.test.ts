import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tellStory } from '../src/demo.ts';
import { CAST } from '../src/sandbox/world.ts';

async function told(newRequests: 'ALTINN_3' | 'ALTINN_2'): Promise<string[]> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'samtykkeporten-demo-'));
  const lines: string[] = [];
  try {
    await tellStory({ newRequests, dataDirectory, say: (line) => lines.push(line) });
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
  return lines;
}

it.each(['ALTINN_3', 'ALTINN_2'] as const)(
  'on %s the story goes from asking to the refused second read',
  async (rail) => {
    const lines = await told(rail);
    const step = (number: number) => {
      const from = lines.findIndex((line) => line.startsWith(`${number}. `));
      const to = lines.findIndex((line) => line.startsWith(`${number + 1}. `));
      return lines.slice(from, to === -1 ? undefined : to).join('\n');
    };
    expect(step(1)).toContain(`(${rail})`);
    expect(step(1)).toMatch(/-> altinn[23] +POST .*201/);
    expect(step(3)).toMatch(/-> aap +GET \/api\/v1\/aap\/vedtak +200/);
    expect(step(3)).toMatch(/37188420 +2026-08-31 +2027-02-28 +INNVILGET/);
    expect(step(4).match(/DELIVERED, 1 call/g)).toHaveLength(2);
    expect(step(6)).toContain('The answer: WITHDRAWN.');
    expect(step(6)).not.toMatch(/-> (aap|uforeopplysninger)/);
    expect(step(6).match(/REFUSED \(WITHDRAWN\), 0 call/g)).toHaveLength(2);
  },
);

it('nobody’s number is told, and nothing but text, so that it can be piped', async () => {
  const text = (await told('ALTINN_3')).join('\n');
  for (const { nationalId } of CAST) expect(text).not.toContain(nationalId);
  expect(text).not.toContain('\u001b');
});
