import { z } from 'zod';
import type { SettableClock } from '../clock.ts';
import { altinn2List, LISTS_PATH } from './altinn2-lists.ts';
import { returnedPage } from './control-return.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { jsonResponse } from './double.ts';
import type { Faults } from './faults.ts';
import { faultSchema } from './faults.ts';
import type { Journal } from './journal.ts';
import { landingPage } from './landing.ts';
import type { Maskinporten } from './maskinporten.ts';
import type { Altinn2Code } from './migrated.ts';
import type { Switches } from './switches.ts';
import { switchesSchema } from './switches.ts';
import type { Origins } from './upstreams.ts';
import { PLAYED_UPSTREAMS } from './upstreams.ts';
import { organisationByNumber } from './world.ts';

/** What the control port steers. */
export interface ControlParts {
  readonly clock: SettableClock;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly switches: Switches;
  readonly origins: Origins;
  readonly maskinporten: Pick<Maskinporten, 'delegations' | 'delegate' | 'revokeDelegation'>;
  /** The insurers' own lists of what they held in Altinn 2. */
  readonly codes: readonly Altinn2Code[];
  /** Where the gateway in front of it all is found; undefined: there is none, or not yet. */
  readonly gateway: () => string | undefined;
}

const organisation = z
  .string()
  .refine((number) => organisationByNumber(number) !== undefined, 'is no organisation of the sandbox');

const delegationSchema = z.strictObject({
  consumer: organisation,
  supplier: organisation,
  scopes: z.array(z.string().min(1)).optional(),
  isDelegated: z.boolean(),
});

const clockSchema = z.strictObject({ now: z.iso.datetime({ offset: true }) });

type Handler = (request: DoubleRequest) => DoubleResponse;

/**
 * The sandbox's own hand, on its first port:
 *
 * - `GET /`: a page of what there is; with `?consent=`, the insurer's to which a person comes back
 * - `GET`, `PUT /clock`: `{ now }`, an ISO moment
 * - `GET`, `POST`, `DELETE /faults`: `{ faults }`; a POST adds one
 * - `GET`, `DELETE /journal`: `{ calls }`, oldest first; `?upstream=` narrows
 * - `GET`, `PUT /switches`: all of them; a PUT may name some
 * - `GET`, `PUT /delegations`: `{ delegations }`; a PUT of `{ consumer, supplier, isDelegated }` makes or ends those of two
 *   organisations, of all scopes or of `scopes`, as the consumer would in Altinn
 * - `GET /altinn2-codes/<organisation number>.csv` or `.ndjson`: what an insurer held in Altinn 2, by its own list
 *
 * A body must be `application/json` (415, which also keeps other sites' forms out) and of the right form (400, naming
 * each property at fault and never its value).
 */
export function createControl(parts: ControlParts): Double {
  const { clock, faults, journal, switches, origins, maskinporten, codes, gateway } = parts;
  const showClock = () => jsonResponse(200, { now: clock.now().toISOString() });
  const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
    '/': {
      GET: (request) =>
        request.url.searchParams.has('consent')
          ? returnedPage(request, gateway())
          : landingPage(origins, clock.now(), gateway()),
    },
    '/clock': {
      GET: showClock,
      PUT: withBody(clockSchema, ({ now }) => {
        clock.set(new Date(now));
        return showClock();
      }),
    },
    '/faults': {
      GET: () => jsonResponse(200, { faults: faults.list() }),
      POST: withBody(faultSchema, (fault) => jsonResponse(201, faults.add(fault))),
      DELETE: () => {
        faults.clear();
        return EMPTY;
      },
    },
    '/journal': {
      GET: ({ url }) => {
        const upstream = z
          .enum(PLAYED_UPSTREAMS)
          .optional()
          .safeParse(url.searchParams.get('upstream') ?? undefined);
        if (!upstream.success) return complain(400, `upstream is one of ${PLAYED_UPSTREAMS.join(', ')}`);
        return jsonResponse(200, { calls: journal.entries(upstream.data) });
      },
      DELETE: () => {
        journal.clear();
        return EMPTY;
      },
    },
    '/switches': {
      GET: () => jsonResponse(200, switches),
      PUT: withBody(switchesSchema, (changes) => {
        Object.assign(switches, changes);
        return jsonResponse(200, switches);
      }),
    },
    '/delegations': {
      GET: () => jsonResponse(200, { delegations: maskinporten.delegations() }),
      PUT: withBody(delegationSchema, ({ consumer, supplier, scopes, isDelegated }) => {
        if (isDelegated) maskinporten.delegate({ consumer, supplier }, scopes);
        else maskinporten.revokeDelegation({ consumer, supplier }, scopes);
        return jsonResponse(200, { delegations: maskinporten.delegations() });
      }),
    },
  };

  function listAt(path: string): Readonly<Record<string, Handler>> | undefined {
    const list = path.startsWith(LISTS_PATH) ? altinn2List(path.slice(LISTS_PATH.length), codes) : undefined;
    return list && { GET: () => list };
  }

  return async (request) => {
    const methods = routes[request.url.pathname] ?? listAt(request.url.pathname);
    if (methods === undefined) return complain(404, `There is ${[...Object.keys(routes), LISTS_PATH].join(', ')}.`);
    const handler = methods[request.method];
    if (handler !== undefined) return handler(request);
    const allow = Object.keys(methods).join(', ');
    return { ...complain(405, `Here one can ${allow}.`), headers: { ...JSON_TYPE, allow } };
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const EMPTY: DoubleResponse = { status: 204, headers: {}, body: '' };

function withBody<Schema extends z.ZodType>(
  schema: Schema,
  handle: (body: z.output<Schema>) => DoubleResponse,
): Handler {
  return ({ headers, body }) => {
    if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
      return complain(415, 'Send content-type: application/json.');
    }
    const sent = parsedJson(body);
    if (sent === undefined) return complain(400, 'The body is no JSON.');
    const parsed = schema.safeParse(sent.json);
    if (parsed.success) return handle(parsed.data);
    const problems = parsed.error.issues.map((issue) => ({
      property: issue.path.join('.'),
      // zod repeats the names of properties it does not know; they are whatever was sent.
      problem: issue.code === 'unrecognized_keys' ? 'holds a property that is not known here' : issue.message,
    }));
    return jsonResponse(400, { error: 'The body cannot be used.', problems });
  };
}

function complain(status: number, error: string): DoubleResponse {
  return jsonResponse(status, { error });
}

function parsedJson(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
