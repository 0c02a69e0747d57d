import { z } from 'zod';

/** One call, as the story tells it. */
export interface ToldCall {
  readonly who: 'gateway' | 'person';
  /** HTTP status of the answer; null while there is none. */
  readonly status: number | null;
  readonly method: string;
  /** Whom, and the path there. */
  readonly what: string;
  /** What goes along with it. Empty: nothing worth telling. */
  readonly carries: string;
}

const journalled = z.object({
  calls: z.array(
    z.object({
      upstream: z.string(),
      method: z.string(),
      path: z.string(),
      status: z.number().nullable(),
      scope: z.string().optional(),
      consumer: z.string().optional(),
      consentId: z.string().optional(),
      tokenDigest: z.string().optional(),
    }),
  ),
});
type Journalled = z.output<typeof journalled>['calls'][number];

/** NAV's data services, as the journal calls them. */
const NAV = ['aap', 'uforeopplysninger'];
/** Where Altinn 2 exchanges a code for the consent token. */
const EXCHANGE = '/api/authorization/token/';
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** A call on a line of its own; none of the sandbox is wider than eighty columns. */
export function lineOf({ who, status, method, what, carries }: ToldCall): string {
  return `   ${who.padEnd(7)} ${status} ${method.padEnd(4)} ${what}  ${carries}`.trimEnd();
}

/**
 * Reads the sandbox's journal bit by bit.
 *
 * @param control the sandbox's own origin
 * @param signal aborts the wait for calls that are open
 * @returns gives the calls that have reached the doubles since it was last asked, a line for each, once all are answered. A
 *   person's logging in and the callers' identity provider are left out
 */
export function openJournal(control: string, signal: AbortSignal): () => Promise<string[]> {
  let told = 0;
  return async () => {
    const calls = await answered(control, signal);
    const fresh = calls.slice(told).filter(({ upstream }) => upstream !== 'callers');
    told = calls.length;
    // Asking for a page brings the login first, and the page after it.
    const shown = fresh.filter((call, at) => !isLogin(call) && !isLogin(fresh[at + 1]));
    return [...Map.groupBy(shown, kindOf).values()].flatMap((alike) => alike.map(described).map(lineOf).toSorted());
  };
}

async function answered(control: string, signal: AbortSignal): Promise<readonly Journalled[]> {
  for (;;) {
    const response = await fetch(`${control}/journal`, { signal });
    const { calls } = journalled.parse(await response.json());
    if (calls.every(({ status }) => status !== null)) return calls;
  }
}

function isLogin(call: Journalled | undefined): boolean {
  return call?.path.endsWith('/login') ?? false;
}

/** The two sources are read side by side, and either may be first. Told by kind, it is the same story each time. */
function kindOf({ upstream, method, path, scope = '' }: Journalled): string {
  if (NAV.includes(upstream)) return 'a read';
  return scope.startsWith('nav:') ? 'a grant for a read' : `${upstream} ${method} ${path} ${scope}`;
}

function described(call: Journalled): ToldCall {
  const { upstream, status, method, path } = call;
  return {
    who: path.includes('/ui/') ? 'person' : 'gateway',
    status,
    method,
    what: `${upstream}${path.replace(GUID, '…')}`,
    carries: [scopeOf(call), keyOf(call), consentOf(call)].filter((each) => each !== '').join(' '),
  };
}

/** The scope where it is asked for; after that the token speaks. */
function scopeOf({ upstream, scope = '' }: Journalled): string {
  return upstream === 'maskinporten' ? scope : '';
}

function keyOf({ upstream, consumer, tokenDigest }: Journalled): string {
  return upstream === 'altinn2' && consumer !== undefined && tokenDigest === undefined ? 'ApiKey alone' : '';
}

/** Only where the consent opens something: a request for one, and a look at it, merely name it. */
function consentOf({ upstream, method, path, consentId }: Journalled): string {
  const isExchange = method === 'GET' && path.startsWith(EXCHANGE);
  const opens = isExchange || upstream === 'maskinporten' || NAV.includes(upstream);
  return opens && consentId !== undefined ? '+ consent' : '';
}
