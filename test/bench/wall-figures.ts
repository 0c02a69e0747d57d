import { request } from 'undici';
import type { Figure, Measured, Size } from './figure.ts';
import { sceneOn } from './scene.ts';
import { median, rounded } from './statistics.ts';
import type { Upstream } from './upstream.ts';
import { startUpstream } from './upstream.ts';
import { serve, timed } from './variant.ts';

const UPSTREAM_MS = 50;
const REPEATS = { bounded: 7, long: 60 } as const satisfies Record<Size, number>;
const WARMING = { bounded: 5, long: 40 } as const satisfies Record<Size, number>;

/** Two calls to the upstream, one after the other, by nobody in particular: what a read cannot be faster than. */
async function twoRoundTrips(upstream: Upstream): Promise<void> {
  for (let trip = 0; trip < 2; trip += 1) {
    await (await request(`${upstream.origins.aap}/api/v1/aap/vedtak`)).body.dump();
  }
}

/** No credential outlives its request, so every query is a cold one: each consent token is fetched before NAV is asked. */
function coldAgainstTrips(applicants: number) {
  return async (size: Size): Promise<Measured> => {
    const scene = await sceneOn('ALTINN_3');
    await using upstream = await startUpstream(scene, UPSTREAM_MS);
    await using gateway = await serve('gateway', scene, upstream);
    const people = scene.people.slice(0, applicants);
    for (let turn = 0; turn < WARMING[size]; turn += 1) await gateway.read(people);
    const trips: number[] = [];
    const queries: number[] = [];
    for (let turn = 0; turn < REPEATS[size]; turn += 1) {
      trips.push(await timed(() => twoRoundTrips(upstream)));
      queries.push(await timed(() => gateway.read(people)));
    }
    const [trip, query] = [median(trips), median(queries)];
    return { value: query / trip, parts: { queryMs: rounded(query, 1), twoTripsMs: rounded(trip, 1) } };
  };
}

/** The gateway's own share of the time that a caller waits. */
export const cold10: Figure = {
  name: 'cold-10',
  says: 'a query of 10 applicants without a token at hand against two upstream round trips of 50 ms',
  rail: 'ALTINN_3',
  bound: { atMost: 1.1 },
  looseBound: { atMost: 4 },
  measure: coldAgainstTrips(10),
};

/** The same for the longest list there is. */
export const cold100: Figure = {
  name: 'cold-100',
  says: 'a query of 100 applicants without a token at hand against two upstream round trips of 50 ms',
  rail: 'ALTINN_3',
  bound: { atMost: 1.5 },
  looseBound: { atMost: 20 },
  measure: coldAgainstTrips(100),
};

/** Queries of 100 people, the most that one may ask about. */
const BULK = { bounded: 3, long: 10 } as const satisfies Record<Size, number>;
const BULKS = { bounded: 2, long: 10 } as const satisfies Record<Size, number>;

/** Whether whoever asks about many costs whoever asks about one. */
export const besideBulk: Figure = {
  name: 'beside-bulk',
  says: 'a query of 1 applicant beside 1 000 (10 queries of 100) against the same alone, upstream 50 ms',
  rail: 'ALTINN_3',
  bound: { atMost: 1.3 },
  looseBound: { atMost: 12 },
  async measure(size) {
    const scene = await sceneOn('ALTINN_3');
    await using upstream = await startUpstream(scene, UPSTREAM_MS);
    await using gateway = await serve('gateway', scene, upstream);
    const [one, ...others] = scene.people;
    const small = () => gateway.read(one === undefined ? [] : [one]);
    const groups = Array.from({ length: BULK[size] }, (_, at) => others.slice(at * 100, (at + 1) * 100));
    const bulk = () => Promise.all(groups.map((people) => gateway.read(people)));
    await bulk();
    const alone: number[] = [];
    const beside: number[] = [];
    const bulks: number[] = [];
    for (let turn = 0; turn < BULKS[size]; turn += 1) {
      for (let at = 0; at < 5; at += 1) alone.push(await timed(small));
      let isUnderWay = true;
      const whole = timed(bulk).finally(() => {
        isUnderWay = false;
      });
      do beside.push(await timed(small));
      while (isUnderWay);
      bulks.push(await whole);
    }
    return {
      value: median(beside) / median(alone),
      parts: {
        aloneMs: rounded(median(alone), 1),
        besideMs: rounded(median(beside), 1),
        longestBesideMs: rounded(Math.max(...beside), 1),
        bulkMs: rounded(median(bulks), 1),
        bulkApplicants: groups.length * 100,
      },
    };
  },
};
