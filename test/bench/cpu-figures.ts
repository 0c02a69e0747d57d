import type { Figure, Measured, Size } from './figure.ts';
import type { BenchRail } from './scene.ts';
import { sceneOn } from './scene.ts';
import { median, rounded } from './statistics.ts';
import { startUpstream } from './upstream.ts';
import type { Served } from './variant.ts';
import { inRows, serve } from './variant.ts';

/** How much CPU is measured over: slices of each side in turn, so that what the machine does meanwhile meets both. */
const EXTENT = {
  bounded: { slices: 3, applicants: 100, warming: 60 },
  long: { slices: 15, applicants: 1500, warming: 1500 },
} as const satisfies Record<Size, object>;
/** Queries under way at once. */
const ROWS = 8;

interface Sides {
  readonly rail: BenchRail;
  readonly applicants: number;
  /** What the gateway is compared with. */
  readonly other: 'raw' | 'naive' | 'unrecorded';
}

/** CPU of the gateway's process for one query, and of the other's, each in milliseconds: medians of slices. */
async function cpuOf({ rail, applicants, other }: Sides, size: Size): Promise<{ own: number; others: number }> {
  const scene = await sceneOn(rail);
  const people = scene.people.slice(0, applicants);
  await using upstream = await startUpstream(scene, 0);
  await using gateway = await serve('gateway', scene, upstream);
  await using compared = await serve(other, scene, upstream);
  if ((await gateway.read(people)) !== (await compared.read(people))) throw new Error('the two answer differently');

  const extent = EXTENT[size];
  const slice = async (served: Served, ofApplicants: number): Promise<number> => {
    const queries = Math.ceil(ofApplicants / applicants);
    const before = await served.cpu();
    await inRows(ROWS, queries, () => served.read(people));
    return ((await served.cpu()) - before) / queries / 1000;
  };
  await slice(gateway, extent.warming);
  await slice(compared, extent.warming);
  const own: number[] = [];
  const others: number[] = [];
  for (let at = 0; at < extent.slices; at += 1) {
    own.push(await slice(gateway, extent.applicants));
    others.push(await slice(compared, extent.applicants));
  }
  return { own: median(own), others: median(others) };
}

/** The figure's `measure`: a ratio of the two, and both of them. */
function ratio(sides: Sides, of: (own: number, others: number) => number) {
  return async (size: Size): Promise<Measured> => {
    const { own, others } = await cpuOf(sides, size);
    const parts = { gatewayCpuMs: rounded(own, 3), [`${sides.other}CpuMs`]: rounded(others, 3) };
    return { value: of(own, others), parts };
  };
}

const perOther = (own: number, others: number) => own / others;
const perGateway = (own: number, others: number) => others / own;

const RAW = 'CPU of the gateway against the same rooms on node:http and raw graphql-js';

/** What server, plugins and limits cost. */
export const raw1: Figure = {
  name: 'raw-1',
  says: `${RAW}, 1 applicant`,
  rail: 'ALTINN_3',
  bound: { atMost: 1.15 },
  looseBound: { atMost: 1.6 },
  measure: ratio({ rail: 'ALTINN_3', applicants: 1, other: 'raw' }, perOther),
};

/** The same, where the applicants outweigh the request. */
export const raw10: Figure = {
  name: 'raw-10',
  says: `${RAW}, 10 applicants`,
  rail: 'ALTINN_3',
  bound: { atMost: 1.05 },
  looseBound: { atMost: 1.4 },
  measure: ratio({ rail: 'ALTINN_3', applicants: 10, other: 'raw' }, perOther),
};

/** What it costs to keep a durable log. */
export const recording: Figure = {
  name: 'recording',
  says: 'CPU of the gateway against the same without recording, 10 applicants',
  rail: 'ALTINN_3',
  bound: { atMost: 1.1 },
  looseBound: { atMost: 1.6 },
  measure: ratio({ rail: 'ALTINN_3', applicants: 10, other: 'unrecorded' }, perOther),
};

/** What is saved against a first version. */
export const naive10: Figure = {
  name: 'naive-10',
  says: 'CPU of naive resolvers against the gateway, 10 applicants',
  rail: 'ALTINN_3',
  bound: { atLeast: 12 },
  looseBound: { atLeast: 0.8 },
  measure: ratio({ rail: 'ALTINN_3', applicants: 10, other: 'naive' }, perGateway),
};

/** The same on the rail where a token serves many consents. */
export const naive10Altinn2: Figure = {
  name: 'naive-10-altinn-2',
  says: 'CPU of naive resolvers against the gateway, 10 applicants',
  rail: 'ALTINN_2',
  bound: { atLeast: 12 },
  looseBound: { atLeast: 1.1 },
  measure: ratio({ rail: 'ALTINN_2', applicants: 10, other: 'naive' }, perGateway),
};
