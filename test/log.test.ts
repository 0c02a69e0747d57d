import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { LogEvent } from '../src/log.ts';
import { createLog, EVENT_LEVELS, framesOf, loggableCode } from '../src/log.ts';
import { Secret } from '../src/values.ts';
import { markdownTable } from './support/markdown.ts';

function lines(level: Parameters<typeof createLog>[0], ...events: readonly LogEvent[]): Record<string, unknown>[] {
  const written: string[] = [];
  const log = createLog(level, { write: (line) => void written.push(line) });
  for (const event of events) log(event);
  return written.map((line) => JSON.parse(line));
}

const FAILED: LogEvent = { event: 'upstream failed', callId: 'c', evidence: { upstream: 'nav', failure: 'timeout' } };

describe('a log', () => {
  it('is a JSON object a line, named by its event, with its level and moment and nothing of the machine', () => {
    expect(lines('info', FAILED)).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        event: 'upstream failed',
        callId: 'c',
        evidence: { upstream: 'nav', failure: 'timeout' },
      },
    ]);
  });

  it.each([
    ['info', ['started', 'upstream failed', 'record failed']],
    ['warn', ['upstream failed', 'record failed']],
    ['error', ['record failed']],
    ['silent', []],
  ] as const)('at level %s holds what is as grave', (level, events) => {
    const written = lines(level, { event: 'started', address: 'http://127.0.0.1' }, FAILED, {
      event: 'record failed',
      callId: 'c',
      step: 'intend',
      name: 'Error',
    });
    expect(written.map(({ event }) => event)).toEqual(events);
  });

  it('has no event that whoever runs a gateway is not told of, with its level', async () => {
    const page = await readFile(new URL('../docs/operations.md', import.meta.url), 'utf8');
    expect(markdownTable(page, 'Event').map(([event, level]) => [event, level])).toEqual(Object.entries(EVENT_LEVELS));
  });

  it('shows a secret as its mask, should one ever stand in an event', () => {
    const evidence = { upstream: 'nav', traceId: new Secret('hush', 'token') } as unknown as Extract<
      LogEvent,
      { event: 'upstream failed' }
    >['evidence'];
    expect(lines('info', { event: 'upstream failed', callId: 'c', evidence })).toMatchObject([
      { evidence: { traceId: '[token]' } },
    ]);
  });

  it('goes to a file, whose directory is made', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'log-'));
    try {
      const file = join(directory, 'deep', 'down.log');
      createLog('info', file)(FAILED);
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ event: 'upstream failed' });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('says at once when the file cannot be opened', () => {
    expect(() => createLog('info', '/dev/null/no.log')).toThrow();
  });

  it('on a full disk loses lines and throws nothing', async () => {
    const thrown = vi.fn();
    process.on('uncaughtException', thrown);
    try {
      const log = createLog('info', '/dev/full');
      for (const _ of [1, 2, 3]) log(FAILED);
      await new Promise((resolve) => setImmediate(resolve));
      expect(thrown).not.toHaveBeenCalled();
    } finally {
      process.off('uncaughtException', thrown);
    }
  });
});

describe('the frames of an error', () => {
  it('are where it came from, without what it says', () => {
    const { name, stack } = framesOf(new RangeError('30817429498 is out of range'));
    expect(name).toBe('RangeError');
    expect(stack).toContain('log.test.ts');
    expect(stack).not.toContain('30817429498');
  });

  it.each(['first\n    at 30817429498 (somewhere)\nlast', '\n    at 30817429498', '30817429498\n    at x 30817429498'])(
    'hold nothing of a message that looks like frames: %j',
    (message) => {
      const { stack } = framesOf(new Error(message));
      expect(stack).toContain('log.test.ts');
      expect(stack).not.toContain('30817429498');
    },
  );

  it.each([
    ['text', 'string'],
    [undefined, 'undefined'],
    [{ name: 'x', stack: '    at y' }, 'object'],
  ])('of what is no error are none: %j', (thrown, name) => {
    expect(framesOf(thrown)).toEqual({ name, stack: '' });
  });

  it('may be missing', () => {
    const error = new Error('gone');
    delete error.stack;
    expect(framesOf(error)).toEqual({ name: 'Error', stack: '' });
  });
});

describe('a code of an upstream', () => {
  it.each(['invalid_grant', 'MP-250', 'AM-00004', 'O_INNV_SØKNAD', 'AM.VLD-00022', 'x'.repeat(40), '1234567890'])(
    'is logged when it is one: %s',
    (code) => {
      expect(loggableCode(code)).toBe(code);
    },
  );

  it.each([
    '',
    'two words',
    'x'.repeat(41),
    'a\nb',
    '{"a":1}',
    'http://x',
    '30817429498',
    'fnr_30817429498',
    '308174-29498',
    '308174.29498',
    '308174_29498',
    '3-0-8-1-7-4-2-9-4-9-8',
    'x123456789012',
  ])('is a question mark when it is not, or may be a national id: %j', (code) => {
    expect(loggableCode(code)).toBe('?');
  });

  it('never holds eleven digits, whatever stands between them', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[0-9][A-Za-z_.-]{0,2}$/), { minLength: 11, maxLength: 13 }), (parts) => {
        expect(loggableCode(parts.join(''))).toBe('?');
      }),
    );
  });
});
