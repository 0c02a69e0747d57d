import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { personByNumber } from '../../src/sandbox/world.ts';
import type { WireRequest } from '../../src/upstream.ts';
import { supplied } from '../support/supplied.ts';
import type { Seen, World } from '../support/world.ts';
import { numberOf, ORIGINS, openWorld, READ } from '../support/world.ts';

const PEOPLE: readonly CastId[] = ['P04', 'P05', 'P06', 'P07', 'P08', 'P12'];

const INSURERS = {
  a: { organisation: '210483713', callers: ['case-handler-a', 'analyst-a', 'partner-a'] },
  b: { organisation: '313772403', callers: ['case-handler-b', 'analyst-b', 'partner-b'] },
} as const satisfies Record<string, { organisation: string; callers: readonly CallerName[] }>;

const PERIODS = [
  undefined,
  { fom: '2024-01-01', tom: '2024-12-31' },
  { fom: '2025-06-01', tom: '2026-06-30' },
  { fom: '2026-11-16', tom: '2026-11-16' },
];

const purpose = 'DISABILITY_INSURANCE';

/** Latency that passes as soon as everybody else has had a turn, and lets the answers go in another order than they came in. */
function shuffledWait(seed: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let state = seed;
  const letOneGo = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const [next] = waiting.splice(state % waiting.length, 1);
    next?.();
    if (waiting.length > 0) setImmediate(letOneGo);
  };
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(letOneGo);
    });
}

interface Question {
  readonly insurer: keyof typeof INSURERS;
  readonly caller: CallerName;
  readonly person: CastId;
  readonly periode: (typeof PERIODS)[number];
}

/** The decisions that the cast’s stories hold, by person. */
function vedtakIdsOf(person: CastId): ReadonlySet<string> {
  return new Set(personByNumber(numberOf(person))?.vedtak.map(({ vedtakId }) => String(vedtakId)));
}

async function ownConsents(world: World): Promise<ReadonlyMap<string, string>> {
  const consents = new Map<string, string>();
  for (const insurer of ['a', 'b'] as const) {
    for (const person of PEOPLE) {
      // P12 has consented to B alone, P08 to A alone.
      if ((insurer === 'a' && person === 'P12') || (insurer === 'b' && person === 'P08')) continue;
      consents.set(`${insurer} ${person}`, await world.grantKnown(person, { purpose }, `case-handler-${insurer}`));
    }
  }
  return consents;
}

it.each([
  ['insurers that act for themselves', (config: Config) => config],
  ['insurers that a supplier acts for', supplied],
])(
  'two hundred questions of %s, at once and over slow upstreams, get each its own answer under its own credentials',
  async (_, config) => {
    // Which question was NAV asked on whose behalf: the header is the call id of the answer.
    const sent: { readonly callId: string; readonly person: CastId | undefined; readonly digest: string }[] = [];
    await using world = await openWorld({
      config,
      wait: shuffledWait(20_261_116),
      transport: (doubles) => async (request) => {
        if (isNav(request)) {
          const { 'nav-call-id': callId = '', authorization = '', 'nav-samtykke-token': consent } = request.headers;
          const number = Object.values(request.headers).find((value) => /^\d{11}$/.test(value)) ?? '';
          sent.push({ callId, person: personByNumber(number)?.id, digest: consent ?? authorization });
        }
        return doubles(request);
      },
    });
    const consents = await ownConsents(world);
    for (const upstream of [world.altinn.upstream, 'maskinporten', 'aap', 'uforeopplysninger'] as const) {
      world.sandbox.faults.add({ kind: 'latency', upstream, ms: 1000 });
    }
    world.sandbox.journal.clear();

    const anyQuestion: fc.Arbitrary<Question> = fc
      .record({
        insurer: fc.constantFrom('a' as const, 'b' as const),
        role: fc.nat(2),
        person: fc.constantFrom(...PEOPLE),
        periode: fc.constantFrom(...PERIODS),
      })
      .map(({ role, ...rest }) => ({ ...rest, caller: INSURERS[rest.insurer].callers[role] ?? 'partner-a' }));
    const questions = fc.sample(anyQuestion, { numRuns: 200, seed: 5 });
    const answers = await Promise.all(
      questions.map(({ caller, person, periode }) =>
        world.query(caller, READ, { id: numberOf(person), purpose, periode }),
      ),
    );

    const asked = new Map<string, Question>();
    for (const [at, question] of questions.entries()) {
      const answer = answers[at] as Seen;
      asked.set(String(answer.headers['x-request-id']), question);
      expectOwnAnswer(question, answer, consents);
    }
    expect(asked.size).toBe(200);

    // At NAV: the person of each call is the one its question is about, and nothing that proves a consent serves two questions.
    const byToken = new Map<string, Set<string>>();
    for (const { callId, person, digest } of sent) {
      expect(person).toBe(asked.get(callId)?.person);
      // Two tokens of Altinn 2 for one consent in one second are the same, letter by letter.
      const one = world.altinn.rail === 'ALTINN_3' ? callId : `${asked.get(callId)?.insurer} ${person}`;
      byToken.set(digest, (byToken.get(digest) ?? new Set()).add(one));
    }
    for (const calls of byToken.values()) expect(calls.size).toBe(1);

    // In the journals of the upstreams: consumer, person and consent belong together, and scope and service.
    const railIds = new Map<string, string>();
    for (const person of PEOPLE) {
      for (const { id, to } of world.altinn.askedOf(person)) railIds.set(`${to} ${person}`, id);
    }
    expect(railIds.size).toBe(consents.size);
    const navCalls = [...world.sandbox.journal.entries('aap'), ...world.sandbox.journal.entries('uforeopplysninger')];
    expect(navCalls.length).toBe(sent.length);
    for (const { upstream, consumer, person, consentId, scope, status } of navCalls) {
      expect(status).toBe(200);
      expect(consentId).toBe(railIds.get(`${consumer} ${person}`));
      expect(scope).toBe(upstream === 'aap' ? 'nav:arbeid/v1/aap' : 'nav:helse/v1/uforeopplysninger');
    }
    const clients = new Map(world.sandbox.clients.map(({ clientId, organisation }) => [clientId, organisation]));
    for (const { client, consumer, person, consentId } of world.sandbox.journal.entries('maskinporten')) {
      // The tokens of Altinn 2 are about nobody.
      const of =
        world.altinn.rail === 'ALTINN_3'
          ? railIds.get(`${consumer ?? clients.get(client ?? '')} ${person}`)
          : undefined;
      expect(consentId).toBe(of);
    }

    // In the log: every record under the caller that asked, and none of another insurer.
    for (const insurer of ['a', 'b'] as const) {
      const log = await world.audit(insurer);
      expect(log).toHaveLength(3 * questions.filter((question) => question.insurer === insurer).length);
      for (const { callId, caller, applicant, consent } of log) {
        const question = asked.get(callId);
        expect([question?.caller, question?.insurer]).toEqual([caller, insurer]);
        expect(applicant.maskedNationalId).toBe(`${numberOf(question?.person ?? 'P01').slice(0, 6)}*****`);
        expect(consent?.id).toBe(consents.get(`${insurer} ${question?.person}`));
      }
    }
  },
);

function isNav({ url }: WireRequest): boolean {
  return url.startsWith(ORIGINS.aap) || url.startsWith(ORIGINS.uforeopplysninger);
}

function expectOwnAnswer(question: Question, { data, errors }: Seen, consents: ReadonlyMap<string, string>): void {
  const { insurer, person, periode } = question;
  expect(errors).toEqual([]);
  const consent = consents.get(`${insurer} ${person}`);
  const { aapVedtak, aapMeldekort, uforeopplysninger } = data.applicant;
  for (const answer of [aapVedtak, aapMeldekort, uforeopplysninger]) {
    if (consent === undefined) expect(answer).toMatchObject({ reason: 'NEVER_ASKED', decidedBy: null });
    else
      expect(answer).toMatchObject({
        consent: { id: consent },
        uttrekksperiode: periode ?? { fom: '2022-01-01', tom: '2027-12-31' },
      });
  }
  if (consent === undefined) return;
  const own = vedtakIdsOf(person);
  for (const { vedtakId } of aapVedtak.vedtaksliste) expect(own).toContain(vedtakId);
}
