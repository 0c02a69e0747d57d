import { describe, expect, it } from 'vitest';
import type { SourceName } from '../../src/benefits/index.ts';
import type { Transport } from '../../src/upstream.ts';
import type { Seen } from '../support/world.ts';
import { numberOf, ORIGINS, sharedWorld } from '../support/world.ts';
import { asDocumented } from './table.ts';

type Path = string;
/** What becomes of an answer that lacks a field: it is unreadable, it is as before, or it has this value at this place. */
type Effect = 'unreadable' | 'not read' | { readonly at: Path; readonly is: unknown };

/** Wide enough for every row of somebody who has rows of all three, with no field empty in the first of each. */
const PERSON = 'P06';
const CONSENT = { fom: '2016-01-01', tom: '2027-12-31' };

const CODES = 'kode termnavn';
/** Every field that comes from one field of NAV's. */
const FIELDS: Readonly<Record<SourceName, string>> = {
  aapVedtak: `... on AapVedtaksliste { uttrekksperiode { fom tom } vedtaksliste {
    vedtakId virkningsperiode { fom tom } vedtakstype { ${CODES} } vedtaksvariant { ${CODES} } vedtaksstatus { ${CODES} }
    rettighetstype { ${CODES} } utfall { ${CODES} } aktivitetsfase { ${CODES} }
  } }`,
  aapMeldekort: `... on AapMeldekortliste { uttrekksperiode { fom tom } meldekortliste {
    meldekortId periode { fom tom } antallTimerArbeidet
  } }`,
  uforeopplysninger: `... on Uforeopplysninger { uttrekksperiode { fom tom } status statuskode forsteVirkningstidspunkt
    beregningsperioder {
      fom tom uforetidspunkt uforegrad ifu inntektBruktIAvkortingen ferdiglignetInntekt klagebehandles
    }
  }`,
};
const SOURCES = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const satisfies readonly SourceName[];
const READ = `query ($id: NationalId!) { applicant(by: { nationalId: $id }) {
  ${SOURCES.map((source) => `${source} { __typename ${FIELDS[source]} }`).join(' ')}
} }`;

const ADDRESSES: Readonly<Record<SourceName, string>> = {
  aapVedtak: `${ORIGINS.aap}/api/v1/aap/vedtak`,
  aapMeldekort: `${ORIGINS.aap}/api/v1/aap/meldekort`,
  uforeopplysninger: `${ORIGINS.uforeopplysninger}/dsop-ufo/uforeopplysninger`,
};

const UTTREKKSPERIODE = {
  uttrekksperiode: 'not read',
  'uttrekksperiode.fomDato': 'not read',
  'uttrekksperiode.tomDato': 'not read',
} as const;

/** Every field of NAV's answers, of the first row for all rows. A decision or card without an end is shown to the consent's. */
const EFFECTS: Readonly<Record<SourceName, Readonly<Record<Path, Effect>>>> = {
  aapVedtak: {
    ...UTTREKKSPERIODE,
    vedtaksliste: 'unreadable',
    'vedtaksliste.0.vedtakId': 'unreadable',
    'vedtaksliste.0.virkningsperiode': 'unreadable',
    'vedtaksliste.0.virkningsperiode.fomDato': 'unreadable',
    'vedtaksliste.0.virkningsperiode.tomDato': { at: 'vedtaksliste.0.virkningsperiode.tom', is: CONSENT.tom },
    ...requiredCode('vedtaksliste.0.vedtakstype'),
    ...optionalCode('vedtaksliste.0.vedtaksvariant'),
    ...requiredCode('vedtaksliste.0.vedtaksstatus'),
    ...requiredCode('vedtaksliste.0.rettighetstype'),
    ...optionalCode('vedtaksliste.0.utfall'),
    ...optionalCode('vedtaksliste.0.aktivitetsfase'),
  },
  aapMeldekort: {
    ...UTTREKKSPERIODE,
    meldekortliste: 'unreadable',
    'meldekortliste.0.meldekortId': 'unreadable',
    'meldekortliste.0.periode': 'unreadable',
    'meldekortliste.0.periode.fomDato': 'unreadable',
    'meldekortliste.0.periode.tomDato': { at: 'meldekortliste.0.periode.tom', is: CONSENT.tom },
    'meldekortliste.0.antallTimerArbeidet': 'unreadable',
  },
  uforeopplysninger: {
    status: 'unreadable',
    ...optional('forsteVirkningstidspunkt'),
    beregningsperioder: { at: 'beregningsperioder', is: [] },
    'beregningsperioder.0.fom': 'unreadable',
    ...optional('beregningsperioder.0.tom'),
    ...optional('beregningsperioder.0.uforetidspunkt'),
    ...optional('beregningsperioder.0.uforegrad'),
    ...optional('beregningsperioder.0.ifu'),
    ...optional('beregningsperioder.0.inntektBruktIAvkortingen'),
    ...optional('beregningsperioder.0.ferdiglignetInntekt'),
    ...optional('beregningsperioder.0.klagebehandles'),
  },
};

function optional(path: Path): Record<Path, Effect> {
  return { [path]: { at: path, is: null } };
}

function requiredCode(path: Path): Record<Path, Effect> {
  return { [path]: 'unreadable', [`${path}.kode`]: 'unreadable', ...optional(`${path}.termnavn`) };
}

function optionalCode(path: Path): Record<Path, Effect> {
  return { ...optional(path), [`${path}.kode`]: { at: path, is: null }, ...optional(`${path}.termnavn`) };
}

type Change = (json: unknown) => void;
/** What happens to NAV's answers on their way. */
const changes = new Map<SourceName, Change>();

/** The doubles, their answers changed on the way. */
function changing(doubles: Transport): Transport {
  return async (request) => {
    const answer = await doubles(request);
    const source = SOURCES.find((name) => request.url.split('?')[0] === ADDRESSES[name]);
    const change = source && changes.get(source);
    if (change === undefined) return answer;
    const json: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    change(json);
    return { ...answer, body: new TextEncoder().encode(JSON.stringify(json)) };
  };
}

const world = sharedWorld((opened) => opened.grantKnown(PERSON, { periode: CONSENT }), { transport: changing });

async function read(source?: SourceName, change: Change = () => undefined): Promise<Seen> {
  if (source !== undefined) changes.set(source, change);
  try {
    return await world().query('case-handler-a', READ, { id: numberOf(PERSON) });
  } finally {
    changes.clear();
  }
}

/** The object or list that holds the end of a path, and the name it has there. @throws Error when there is none */
function holderOf(json: unknown, path: Path): readonly [holder: Record<string, unknown>, name: string] {
  const names = path.split('.');
  const name = names.pop() ?? '';
  const holder = names.reduce((at, step) => (at as Record<string, unknown>)[step], json) as Record<string, unknown>;
  if (!(name in holder)) throw new Error(`there is no ${path}`);
  return [holder, name];
}

const dropped =
  (path: Path): Change =>
  (json) => {
    const [holder, name] = holderOf(json, path);
    delete holder[name];
  };

const set =
  (path: Path, value: unknown): Change =>
  (json) => {
    const [holder, name] = holderOf(json, path);
    holder[name] = value;
  };

/** A value that is none of what NAV sends there. */
const replaced =
  (path: Path): Change =>
  (json) => {
    const [holder, name] = holderOf(json, path);
    holder[name] = Array.isArray(holder[name]) ? {} : [];
  };

function expected(whole: Seen, source: SourceName, effect: Effect): Pick<Seen, 'data'> & { errors: unknown[] } {
  const applicant = structuredClone(whole.data.applicant);
  if (effect === 'unreadable') {
    const { code, retry } = asDocumented('NAV_UNREADABLE');
    const error = { path: ['applicant', source], extensions: { code, retry } };
    return { data: { applicant: { ...applicant, [source]: null } }, errors: [error] };
  }
  if (effect !== 'not read') set(effect.at, effect.is)(applicant[source]);
  return { data: { applicant }, errors: [] };
}

describe.each(SOURCES)('an answer of NAV’s: %s', (source) => {
  const effects = Object.entries(EFFECTS[source]);

  it('has every field that this table knows, and no other', async () => {
    let found: Path[] = [];
    await read(source, (json) => {
      found = pathsIn(json);
    });
    expect(effects.map(([path]) => path).toSorted()).toEqual(found.toSorted());
  });

  it.each(effects)('%s, left out or null or of another kind, costs no more than it must', async (path, effect) => {
    const whole = await read();
    expect(whole.errors).toEqual([]);
    for (const change of [dropped(path), set(path, null)]) {
      const seen = await read(source, change);
      expect(seen).toMatchObject(expected(whole, source, effect));
    }
    const seen = await read(source, replaced(path));
    expect(seen).toMatchObject(expected(whole, source, effect === 'not read' ? effect : 'unreadable'));
  });
});

/** Every field, of the first row for all rows. */
function pathsIn(json: unknown, above: readonly string[] = []): Path[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(Array.isArray(json) ? json.slice(0, 1) : json).flatMap(([name, value]) => {
    const path = [...above, name];
    return [...(Array.isArray(json) ? [] : [path.join('.')]), ...pathsIn(value, path)];
  });
}
