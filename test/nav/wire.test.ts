import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import { meldekortAnswer, vedtakAnswer } from '../../src/nav/aap.wire.ts';
import { uforeopplysningerAnswer } from '../../src/nav/uforeopplysninger.wire.ts';
import { meldekortBody, uforeBody, vedtakBody, vedtakRow } from './bodies.ts';

type Json = { [name: string]: unknown };

const ANSWERS: Readonly<Record<string, readonly [ZodType<unknown>, () => object]>> = {
  vedtak: [vedtakAnswer, vedtakBody],
  meldekort: [meldekortAnswer, meldekortBody],
  ufore: [uforeopplysningerAnswer, uforeBody],
};

/** The body with the member at the dotted path removed, or set to a value. */
function changed(body: object, path: string, ...value: [] | [unknown]): object {
  const copy: Json = structuredClone(body) as Json;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const holder = steps.reduce((at, step) => at[step] as Json, copy);
  if (!(last in holder)) throw new Error(`no ${path}`);
  if (value.length === 0) delete holder[last];
  else holder[last] = value[0];
  return copy;
}

function read(name: string, body: unknown): { data?: unknown } {
  const [schema] = ANSWERS[name] ?? [];
  const { success, data } = schema?.safeParse(body) ?? { success: false, data: undefined };
  return success ? { data } : {};
}

const whole = (name: string) => ANSWERS[name]?.[1]() ?? {};

describe('whole answers', () => {
  it('of vedtak are read with NAV’s own words', () => {
    expect(read('vedtak', vedtakBody())).toEqual({
      data: {
        vedtaksliste: [
          { ...vedtakRow(), vedtakId: '37188420', virkningsperiode: { fom: '2026-08-31', tom: '2026-12-31' } },
        ],
      },
    });
  });

  it('of meldekort likewise', () => {
    const row = { meldekortId: '9100405', periode: { fom: '2026-08-31', tom: '2026-09-13' }, antallTimerArbeidet: 15 };
    expect(read('meldekort', meldekortBody())).toEqual({ data: { meldekortliste: [row] } });
  });

  it('of uføre likewise', () => {
    const { status, ...rest } = uforeBody();
    expect(read('ufore', uforeBody())).toEqual({ data: { statuskode: status, ...rest } });
  });

  it('may be empty', () => {
    expect(read('vedtak', { vedtaksliste: [] })).toEqual({ data: { vedtaksliste: [] } });
    expect(read('meldekort', { meldekortliste: [] })).toEqual({ data: { meldekortliste: [] } });
    expect(read('ufore', { status: 'IKKE_SOKT' })).toEqual({
      data: { statuskode: 'IKKE_SOKT', forsteVirkningstidspunkt: null, beregningsperioder: [] },
    });
  });
});

/** Path on the wire, and where the null shows in what was read. */
const OPTIONAL: readonly [answer: string, wire: string, read: string][] = [
  ['vedtak', 'vedtaksliste.0.virkningsperiode.tomDato', 'vedtaksliste.0.virkningsperiode.tom'],
  ['vedtak', 'vedtaksliste.0.vedtaksvariant', 'vedtaksliste.0.vedtaksvariant'],
  ['vedtak', 'vedtaksliste.0.vedtaksvariant.kode', 'vedtaksliste.0.vedtaksvariant'],
  ['vedtak', 'vedtaksliste.0.vedtaksvariant.termnavn', 'vedtaksliste.0.vedtaksvariant.termnavn'],
  ['vedtak', 'vedtaksliste.0.utfall', 'vedtaksliste.0.utfall'],
  ['vedtak', 'vedtaksliste.0.utfall.kode', 'vedtaksliste.0.utfall'],
  ['vedtak', 'vedtaksliste.0.utfall.termnavn', 'vedtaksliste.0.utfall.termnavn'],
  ['vedtak', 'vedtaksliste.0.aktivitetsfase', 'vedtaksliste.0.aktivitetsfase'],
  ['vedtak', 'vedtaksliste.0.aktivitetsfase.kode', 'vedtaksliste.0.aktivitetsfase'],
  ['vedtak', 'vedtaksliste.0.aktivitetsfase.termnavn', 'vedtaksliste.0.aktivitetsfase.termnavn'],
  ['vedtak', 'vedtaksliste.0.vedtakstype.termnavn', 'vedtaksliste.0.vedtakstype.termnavn'],
  ['vedtak', 'vedtaksliste.0.vedtaksstatus.termnavn', 'vedtaksliste.0.vedtaksstatus.termnavn'],
  ['vedtak', 'vedtaksliste.0.rettighetstype.termnavn', 'vedtaksliste.0.rettighetstype.termnavn'],
  ['meldekort', 'meldekortliste.0.periode.tomDato', 'meldekortliste.0.periode.tom'],
  ['ufore', 'forsteVirkningstidspunkt', 'forsteVirkningstidspunkt'],
  ['ufore', 'beregningsperioder.0.tom', 'beregningsperioder.0.tom'],
  ['ufore', 'beregningsperioder.0.uforetidspunkt', 'beregningsperioder.0.uforetidspunkt'],
  ['ufore', 'beregningsperioder.0.uforegrad', 'beregningsperioder.0.uforegrad'],
  ['ufore', 'beregningsperioder.0.ifu', 'beregningsperioder.0.ifu'],
  ['ufore', 'beregningsperioder.0.inntektBruktIAvkortingen', 'beregningsperioder.0.inntektBruktIAvkortingen'],
  ['ufore', 'beregningsperioder.0.ferdiglignetInntekt', 'beregningsperioder.0.ferdiglignetInntekt'],
  ['ufore', 'beregningsperioder.0.klagebehandles', 'beregningsperioder.0.klagebehandles'],
];

const REQUIRED: readonly [answer: string, wire: string][] = [
  ['vedtak', 'vedtaksliste'],
  ['vedtak', 'vedtaksliste.0.vedtakId'],
  ['vedtak', 'vedtaksliste.0.virkningsperiode'],
  ['vedtak', 'vedtaksliste.0.virkningsperiode.fomDato'],
  ['vedtak', 'vedtaksliste.0.vedtakstype'],
  ['vedtak', 'vedtaksliste.0.vedtakstype.kode'],
  ['vedtak', 'vedtaksliste.0.vedtaksstatus'],
  ['vedtak', 'vedtaksliste.0.vedtaksstatus.kode'],
  ['vedtak', 'vedtaksliste.0.rettighetstype'],
  ['vedtak', 'vedtaksliste.0.rettighetstype.kode'],
  ['meldekort', 'meldekortliste'],
  ['meldekort', 'meldekortliste.0.meldekortId'],
  ['meldekort', 'meldekortliste.0.periode'],
  ['meldekort', 'meldekortliste.0.periode.fomDato'],
  ['meldekort', 'meldekortliste.0.antallTimerArbeidet'],
  ['ufore', 'status'],
  ['ufore', 'beregningsperioder.0.fom'],
];

const IGNORED: readonly [answer: string, wire: string][] = [
  ['vedtak', 'uttrekksperiode'],
  ['meldekort', 'uttrekksperiode'],
];

describe('a member that may be missing', () => {
  it.each(OPTIONAL)('%s: %s, left out or null, is null and costs nothing else', (name, wire, at) => {
    const expected = { data: changed(read(name, whole(name)).data as object, at, null) };
    expect(read(name, changed(whole(name), wire))).toEqual(expected);
    expect(read(name, changed(whole(name), wire, null))).toEqual(expected);
  });

  it.each(IGNORED)('%s: %s is not read', (name, wire) => {
    const plain = read(name, whole(name));
    for (const body of [
      changed(whole(name), wire),
      changed(whole(name), wire, null),
      changed(whole(name), wire, 'x'),
    ]) {
      expect(read(name, body)).toEqual(plain);
    }
  });

  it('every calculation period may be missing, all at once', () => {
    for (const body of [changed(uforeBody(), 'beregningsperioder'), changed(uforeBody(), 'beregningsperioder', null)]) {
      expect(read('ufore', body)).toMatchObject({ data: { beregningsperioder: [] } });
    }
  });
});

describe('a member without which nothing can be said', () => {
  it.each(REQUIRED)('%s: %s, left out or null, makes the answer unreadable', (name, wire) => {
    expect(read(name, changed(whole(name), wire))).toEqual({});
    expect(read(name, changed(whole(name), wire, null))).toEqual({});
  });

  it('every member of the examples is in one of the three lists', () => {
    for (const name of Object.keys(ANSWERS)) {
      const listed = [...OPTIONAL, ...REQUIRED, ...IGNORED]
        .filter(([answer]) => answer === name)
        .map(([, wire]) => wire);
      const unlisted = leaves(whole(name)).filter(
        (path) => !listed.some((wire) => path === wire || path.startsWith(`${wire}.`)),
      );
      expect(unlisted).toEqual([]);
    }
  });
});

function leaves(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [path.join('.')];
  return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]));
}

describe('what NAV may change', () => {
  it.each(['vedtakstype', 'vedtaksvariant', 'vedtaksstatus', 'rettighetstype', 'utfall', 'aktivitetsfase'])(
    'a new code of %s is kept as it is',
    (field) => {
      const kode = { kode: 'NY_KODE', termnavn: 'Ny' };
      expect(read('vedtak', vedtakBody(vedtakRow({ [field]: kode })))).toMatchObject({
        data: { vedtaksliste: [{ [field]: kode }] },
      });
    },
  );

  it('a new status of uføre likewise', () => {
    expect(read('ufore', { status: 'NY_STATUS' })).toMatchObject({ data: { statuskode: 'NY_STATUS' } });
  });

  it.each([
    [37188420, '37188420'],
    [0, '0'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['37188420', '37188420'],
    ['9223372036854775807', '9223372036854775807'],
    ['0b6d3c1e-5a52-4c0c-9d1f-2f6a1c7e9a10', '0b6d3c1e-5a52-4c0c-9d1f-2f6a1c7e9a10'],
  ])('an id may be %j', (id, expected) => {
    expect(read('vedtak', changed(vedtakBody(), 'vedtaksliste.0.vedtakId', id))).toMatchObject({
      data: { vedtaksliste: [{ vedtakId: expected }] },
    });
    expect(read('meldekort', changed(meldekortBody(), 'meldekortliste.0.meldekortId', id))).toMatchObject({
      data: { meldekortliste: [{ meldekortId: expected }] },
    });
  });

  it.each([['', 1.5, true, {}, 2 ** 53]])('an id may not be %j, rather than a wrong one be shown', (...ids) => {
    for (const id of ids) {
      expect(read('vedtak', changed(vedtakBody(), 'vedtaksliste.0.vedtakId', id))).toEqual({});
      expect(read('meldekort', changed(meldekortBody(), 'meldekortliste.0.meldekortId', id))).toEqual({});
    }
  });
});

describe('a date', () => {
  const PATHS: readonly [string, string][] = [
    ['vedtak', 'vedtaksliste.0.virkningsperiode.fomDato'],
    ['vedtak', 'vedtaksliste.0.virkningsperiode.tomDato'],
    ['meldekort', 'meldekortliste.0.periode.fomDato'],
    ['meldekort', 'meldekortliste.0.periode.tomDato'],
    ['ufore', 'forsteVirkningstidspunkt'],
    ['ufore', 'beregningsperioder.0.fom'],
    ['ufore', 'beregningsperioder.0.tom'],
    ['ufore', 'beregningsperioder.0.uforetidspunkt'],
  ];

  it.each(PATHS)('that is none makes the answer unreadable: %s %s', (name, path) => {
    for (const text of [
      '',
      '2026-02-30',
      '20260101',
      '01.01.2026',
      '2026-01-01T00:00:00',
      '2026-1-1',
      'null',
      20260101,
    ]) {
      expect(read(name, changed(whole(name), path, text))).toEqual({});
    }
    expect(read(name, changed(whole(name), path, '2024-02-29'))).toHaveProperty('data');
  });
});

describe('rows of vedtak without dates', () => {
  it('are dropped when they have neither, as NAV says that it does', () => {
    const dateless = [{}, { fomDato: null, tomDato: null }].map((virkningsperiode) => vedtakRow({ virkningsperiode }));
    expect(read('vedtak', vedtakBody(...dateless))).toEqual({ data: { vedtaksliste: [] } });
    expect(read('vedtak', vedtakBody(...dateless, vedtakRow()))).toEqual(read('vedtak', vedtakBody()));
  });

  it('make the answer unreadable when they end without having begun', () => {
    expect(read('vedtak', vedtakBody(vedtakRow(), vedtakRow({ virkningsperiode: { tomDato: '2026-12-31' } })))).toEqual(
      {},
    );
  });
});

describe('numbers', () => {
  it.each([0, 0.5, 15, 337.5])('of hours may be %d', (hours) => {
    expect(read('meldekort', changed(meldekortBody(), 'meldekortliste.0.antallTimerArbeidet', hours))).toHaveProperty(
      'data',
    );
  });

  it.each([-0.5, '15', Number.NaN])('of hours may not be %s', (hours) => {
    expect(read('meldekort', changed(meldekortBody(), 'meldekortliste.0.antallTimerArbeidet', hours))).toEqual({});
  });

  it.each(['uforegrad', 'ifu', 'inntektBruktIAvkortingen'])('of uføre are whole: %s', (field) => {
    expect(read('ufore', changed(uforeBody(), `beregningsperioder.0.${field}`, 35))).toHaveProperty('data');
    for (const value of [35.5, '35', true])
      expect(read('ufore', changed(uforeBody(), `beregningsperioder.0.${field}`, value))).toEqual({});
  });
});
