import { Readable, Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../src/errors.ts';
import { importList } from '../src/import-consents.ts';
import type { ListedLine } from '../src/import-consents-lines.ts';
import { readList } from '../src/import-consents-lines.ts';
import { openProgress } from '../src/import-consents-progress.ts';
import { SYNTHETIC_NATIONAL_IDS } from '../src/values.ts';
import { CAST_NUMBERS } from './contracts/remembered.ts';

const [PERSON, OTHER] = CAST_NUMBERS;
const REAL_PERSON = '01010750160';
const CODE = 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b01';
const HEADER = 'person,code,validTo,fom,tom';

type Listed = Parameters<Parameters<typeof importList>[0]['migrate']>[0];
type Result = Awaited<ReturnType<Parameters<typeof importList>[0]['migrate']>>;
type MigrationResult = Awaited<ReturnType<Required<Result>['ask']>>;

async function lines(...chunks: (string | Uint8Array)[]): Promise<ListedLine[]> {
  const found: ListedLine[] = [];
  const never = new AbortController().signal;
  for await (const line of readList(Readable.from(chunks), SYNTHETIC_NATIONAL_IDS, never)) found.push(line);
  return found;
}

/** What a line says, in plain values; the field at fault when it cannot be used. */
function plain(line: ListedLine): unknown {
  if ('flaw' in line) return line.flaw;
  const { person, code, validTo, periode } = line.consent;
  return [person.reveal(), code.reveal(), validTo?.toISOString() ?? null, periode.fom, periode.tom];
}

describe('a list', () => {
  const whole = [PERSON, CODE, '2028-08-31T21:59:59.000Z', '2022-01-01', '2027-12-31'];
  const bare = [PERSON, CODE, null, null, null];

  it.each<[string, string, unknown]>([
    ['in CSV', `${HEADER}\n${PERSON},${CODE},2028-08-31T21:59:59Z,2022-01-01,2027-12-31\n`, whole],
    ['without a last line break', `${HEADER}\n${PERSON},${CODE},2028-08-31T21:59:59Z,2022-01-01,2027-12-31`, whole],
    [
      'with line breaks of Windows',
      `${HEADER}\r\n${PERSON},${CODE},2028-08-31T21:59:59Z,2022-01-01,2027-12-31\r\n`,
      whole,
    ],
    [
      'from a Norwegian spreadsheet',
      `\uFEFFPerson;Code;ValidTo;Fom;Tom\n${PERSON};${CODE.toUpperCase()};2028-08-31T23:59:59+02:00;01.01.2022;31.12.2027\n`,
      whole,
    ],
    ['in quotes', `"person","code"\n"${PERSON}","${CODE}"\n`, bare],
    ['with columns of its own, in its own order', `case,tom,code,person\n"Hansen, 17",,${CODE},${PERSON}\n`, bare],
    ['with empty dates', `${HEADER}\n${PERSON},${CODE},,,\n`, bare],
    ['with fewer values than columns', `${HEADER}\n${PERSON},${CODE}\n`, bare],
    [
      'of dates that name no zone',
      `person,code,validTo\n${PERSON},${CODE},2028-08-31 23:59:59\n`,
      [PERSON, CODE, '2028-08-31T00:00:00.000Z', null, null],
    ],
    [
      'in NDJSON',
      `${JSON.stringify({ person: PERSON, code: CODE, validTo: '2028-08-31T21:59:59Z', fom: '2022-01-01', tom: '2027-12-31' })}\n`,
      whole,
    ],
    [
      'in NDJSON with nulls and members of its own',
      `\n ${JSON.stringify({ person: PERSON, code: CODE, fom: null, name: 'x' })}\n`,
      bare,
    ],
  ])('%s is read', async (_, text, expected) => {
    expect((await lines(text)).map(plain)).toEqual([expected]);
    const bytes = [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));
    expect((await lines(...bytes)).map(plain)).toEqual([expected]);
  });

  it.each<[string, string]>([
    [`${PERSON.slice(1)},${CODE},,,`, 'person'],
    [`${REAL_PERSON},${CODE},,,`, 'person'],
    [`,${CODE},,,`, 'person'],
    [`${PERSON},${CODE.slice(1)},,,`, 'code'],
    [`${PERSON},../../events,,,`, 'code'],
    [`${PERSON},,,,`, 'code'],
    [`${PERSON},${CODE},soon,,`, 'validTo'],
    [`${PERSON},${CODE},,2022-02-30,`, 'fom'],
    [`${PERSON},${CODE},,,31.2.2027`, 'tom'],
    [`${PERSON},${CODE},,2027-12-31,2022-01-01`, 'fom'],
    [`${PERSON},${CODE},,,,,more`, 'line'],
    [`"${PERSON},${CODE},,,`, 'line'],
  ])('with the line %s names the field at fault, and goes on', async (line, flaw) => {
    const found = await lines(`${HEADER}\n${line}\n\n${OTHER},${CODE},,,\n`);
    expect(found.map(plain)).toEqual([flaw, [OTHER, CODE, null, null, null]]);
    expect(found.map(({ number }) => number)).toEqual([2, 4]);
  });

  it.each([
    ['{', 'line'],
    ['{"person":1,"code":"x"}', 'person'],
    ['[]', 'line'],
    ['null', 'line'],
    [JSON.stringify({ person: PERSON, code: CODE, fom: 2022 }), 'fom'],
  ])('in NDJSON with the line %s names the member at fault', async (line, flaw) => {
    const good = JSON.stringify({ person: PERSON, code: CODE });
    expect((await lines(`${good}\n${line}\n`)).map(plain)).toEqual([bare, flaw]);
  });

  it('tells how far it has been read, in bytes', async () => {
    const text = `${HEADER},æ\r\n${PERSON},${CODE},,,,ø\r\n${PERSON},${CODE}`;
    expect((await lines(text)).at(-1)?.end).toBe(Buffer.byteLength(text));
  });

  it.each([`${PERSON},${CODE}\n`, 'code\n', 'fnr,kode\n'])(
    'without a header is refused, and not quoted: %s',
    async (text) => {
      await expect(lines(text)).rejects.toThrow(/^The list needs a header with the columns person and code;/);
      await expect(lines(text)).rejects.not.toThrow(PERSON);
    },
  );

  it('without lines has none', async () => {
    expect(await lines()).toEqual([]);
    expect(await lines(`${HEADER}\n`)).toEqual([]);
  });
});

/** Writes down all that is written to it. */
function page(isTTY = false): Writable & { readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  return Object.assign(stream, { text: () => text, isTTY });
}

function run(
  migrate: (listed: Listed) => Promise<Result>,
  list: Iterable<string> | AsyncIterable<string>,
  signal = new AbortController().signal,
) {
  const [output, messages] = [page(), page()];
  const progress = openProgress(messages, null);
  const input = Readable.from(list);
  const options = { input, output, accepted: SYNTHETIC_NATIONAL_IDS, format: undefined, progress, signal };
  return { output, messages, done: importList({ migrate }, options) };
}

const usable = async (): Promise<Result> => ({ outcome: 'USABLE', reason: null, consent: 'c1' });
const listOf = (count: number) =>
  [HEADER, ...Array.from({ length: count }, () => `${PERSON},${CODE},,,`), ''].join('\n');

describe('an import', () => {
  it('tells of each line in its order what has become of it, and nothing that stood there', async () => {
    const slow = Promise.withResolvers<void>();
    const answers: (() => Promise<Result>)[] = [
      async () => {
        await slow.promise;
        return { outcome: 'USABLE', reason: null, consent: 'c1' };
      },
      async () => ({ outcome: 'ASK_AGAIN', reason: 'NO_PERIOD', consent: null }),
      async () => {
        slow.resolve();
        throw new GatewayError('ALTINN_UNAVAILABLE', 'Altinn is away. Try again later.');
      },
    ];
    const list = `${listOf(3)}${PERSON},no code,,,\n`;
    const { output, messages, done } = run((() => (answers.shift() ?? usable)()) as typeof usable, [list]);
    expect(await done).toBe(false);
    expect(output.text()).toBe(
      'line,result,reason,consent\n2,USABLE,,c1\n3,ASK_AGAIN,NO_PERIOD,\n4,FAILED,ALTINN_UNAVAILABLE,\n5,BAD_LINE,code,\n',
    );
    expect(messages.text()).toBe(
      '4 lines\n  1 USABLE\n  1 ASK_AGAIN (NO_PERIOD)\n  1 FAILED (ALTINN_UNAVAILABLE): Altinn is away. Try again later.\n  1 BAD_LINE (code)\nRun it again with the same list: what is done is not done twice.\n',
    );
    for (const secret of [PERSON, CODE]) expect(output.text() + messages.text()).not.toContain(secret);
  });

  it('whose every line was dealt with is done', async () => {
    const { done, messages } = run(usable, [listOf(2)]);
    expect(await done).toBe(true);
    expect(messages.text()).toBe('2 lines\n  2 USABLE\n');
  });

  it('has sixteen lines under way at once, and reads no further', async () => {
    let [underWay, most, read] = [0, 0, 0];
    async function* list() {
      yield `${HEADER}\n`;
      for (; read < 200; read += 1) {
        expect(read - finished).toBeLessThan(40);
        yield `${PERSON},${CODE},,,\n`;
      }
    }
    let finished = 0;
    const { done } = run(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      finished += 1;
      return usable();
    }, list());
    expect(await done).toBe(true);
    expect([most, finished]).toEqual([16, 200]);
  });

  it('that is stopped finishes the lines under way and begins no other', async () => {
    const stopping = new AbortController();
    let begun = 0;
    const { output, messages, done } = run(
      async () => {
        begun += 1;
        if (begun === 5) stopping.abort();
        await new Promise(setImmediate);
        return usable();
      },
      [listOf(100)],
      stopping.signal,
    );
    expect(await done).toBe(false);
    expect(begun).toBeLessThan(20);
    expect(output.text().trim().split('\n')).toHaveLength(1 + begun);
    expect(messages.text()).toContain('Stopped before the end of the list.');
  });

  it('that is stopped while it waits for more of the list ends', async () => {
    const stopping = new AbortController();
    async function* list() {
      yield listOf(3);
      await new Promise(() => undefined);
    }
    const { output, done } = run(usable, list(), stopping.signal);
    await vi.waitFor(() => expect(output.text()).toContain('line,'), 30_000);
    stopping.abort();
    expect(await done).toBe(false);
  });

  it('ends at once when what is stored cannot be written, with all that was begun at an end', async () => {
    let [begun, ended] = [0, 0];
    const { done } = run(async () => {
      begun += 1;
      await new Promise(setImmediate);
      ended += 1;
      throw new GatewayError('STORE_UNAVAILABLE', 'The disk is full.');
    }, [listOf(100)]);
    await expect(done).rejects.toThrow('The disk is full.');
    expect(begun).toBeLessThanOrEqual(16);
    expect(ended).toBe(begun);
  });

  it('ends with one sentence when nobody takes the results any more', async () => {
    const output = new Writable({ write: (_, __, done) => done(new Error('EPIPE')) });
    const progress = openProgress(page(), null);
    const options = {
      accepted: SYNTHETIC_NATIONAL_IDS,
      format: undefined,
      progress,
      signal: new AbortController().signal,
    };
    const done = importList({ migrate: usable }, { ...options, input: Readable.from([listOf(1)]), output });
    await expect(done).rejects.toThrow(/^The results cannot be written, so the import has stopped\./);
  });
});

describe('an import that asks', () => {
  const dead = { outcome: 'ASK_AGAIN', reason: 'EXPIRED', consent: 'c0' } as const;
  const asked = { outcome: 'ASKED', reason: 'EXPIRED', consent: 'c2' } as const;

  /** What becomes of the lines, in their order, where two are of no use; each question is written down with how much was taken over. */
  function twoOfNoUse(answer: () => Promise<MigrationResult> = async () => asked) {
    const questions: number[] = [];
    let count = 0;
    const ask = (): Promise<MigrationResult> => {
      questions.push(count);
      return answer();
    };
    const migrate = async (): Promise<Result> => {
      count += 1;
      const line = count;
      await new Promise(setImmediate);
      return line === 2 || line === 4 ? { ...dead, ask } : usable();
    };
    return { migrate, questions, takenOver: () => count };
  }

  it('asks nobody before the last line is taken over, and tells of each line in its order', async () => {
    const { migrate, questions } = twoOfNoUse();
    const { output, messages, done } = run(migrate, [listOf(100)]);
    expect(await done).toBe(true);
    expect(questions).toEqual([100, 100]);
    const rows = output.text().trim().split('\n').slice(1);
    expect(rows).toHaveLength(100);
    expect(rows.slice(0, 5)).toEqual([
      '2,USABLE,,c1',
      '3,ASKED,EXPIRED,c2',
      '4,USABLE,,c1',
      '5,ASKED,EXPIRED,c2',
      '6,USABLE,,c1',
    ]);
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(Array.from({ length: 100 }, (_, at) => at + 2));
    expect(messages.text()).toBe(
      'The whole list is taken over. Now whoever needs it is asked.\n100 lines\n  98 USABLE\n  2 ASKED (EXPIRED)\n',
    );
  });

  it('goes on behind somebody who cannot be asked now, and says so', async () => {
    const { migrate } = twoOfNoUse(async () => {
      throw new GatewayError('ALTINN_UNAVAILABLE', 'Altinn is away. Try again later.');
    });
    const { output, messages, done } = run(migrate, [listOf(4)]);
    expect(await done).toBe(false);
    expect(output.text()).toContain('\n3,FAILED,ALTINN_UNAVAILABLE,\n4,USABLE,,c1\n5,FAILED,ALTINN_UNAVAILABLE,\n');
    expect(messages.text()).toContain('2 FAILED (ALTINN_UNAVAILABLE): Altinn is away. Try again later.');
  });

  it('asks nobody once it is stopped before the end of the list, and says of each line how it stands', async () => {
    const stopping = new AbortController();
    const { migrate, questions, takenOver } = twoOfNoUse();
    const stopAtFifth = async (): Promise<Result> => {
      const result = migrate();
      if (takenOver() === 5) stopping.abort();
      return result;
    };
    const { output, messages, done } = run(stopAtFifth, [listOf(100)], stopping.signal);
    expect(await done).toBe(false);
    expect(questions).toEqual([]);
    expect(output.text()).toContain('\n3,ASK_AGAIN,EXPIRED,c0\n4,USABLE,,c1\n5,ASK_AGAIN,EXPIRED,c0\n');
    expect(messages.text()).not.toContain('Now whoever needs it');
    expect(messages.text()).toContain('Stopped before the end of the list.');
  });

  it('asks nobody more once it is stopped while people are asked', async () => {
    const stopping = new AbortController();
    const { migrate, questions } = twoOfNoUse(async () => {
      stopping.abort();
      return asked;
    });
    const { output, messages, done } = run(migrate, [listOf(100)], stopping.signal);
    expect(await done).toBe(false);
    expect(questions).toEqual([100]);
    expect(output.text().trim().split('\n')).toHaveLength(101);
    expect(output.text()).toContain('\n3,ASKED,EXPIRED,c2\n4,USABLE,,c1\n5,ASK_AGAIN,EXPIRED,c0\n');
    expect(messages.text()).toContain('Run it again with the same list');
  });
});

describe('progress', () => {
  it('is a bar on a terminal, out of the way of what is said, and gone at the end', () => {
    vi.useFakeTimers();
    const terminal = page(true);
    const progress = openProgress(terminal, 200);
    progress.dealtWith(10, 100);
    vi.advanceTimersByTime(1_000);
    expect(terminal.text()).toMatch(/\[=+-+\] 50 % \| 10 lines/);
    progress.say('something\n');
    expect(terminal.text()).toMatch(/something\n/);
    progress.end();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('is a count on a terminal when nobody knows how long the list is', () => {
    vi.useFakeTimers();
    const terminal = page(true);
    const progress = openProgress(terminal, null);
    progress.dealtWith(10, 100);
    vi.advanceTimersByTime(1_000);
    expect(terminal.text()).toContain('10 lines');
    progress.end();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('is a line now and then elsewhere', () => {
    const stream = page();
    const progress = openProgress(stream, 100_000);
    for (let line = 1; line <= 1_200; line += 1) progress.dealtWith(line, line);
    progress.end();
    expect(stream.text()).toBe('500 lines\n1000 lines\n');
  });
});
