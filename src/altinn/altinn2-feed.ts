import type { Consent } from '../access/ports.ts';
import { rejected } from './altinn2-outcomes.ts';
import type { Altinn2Service, ConsentRequest } from './altinn2-wire.ts';

/** How long before our own record of a request the search begins, should Altinn’s clock be behind. */
const MARGIN_MS = 10 * 60_000;
const MOST_PAGES = 200;
/** Before every code there is. */
const NO_CODE = '00000000-0000-0000-0000-000000000000';

/** Where the search for a consent’s request begins: a little before it was made, whether Altinn writes UTC or Norway’s time. */
export function startOf(consent: Consent): string {
  return `${new Date(consent.requestedAt.getTime() - MARGIN_MS).toISOString().replace('Z', '')}_${NO_CODE}`;
}

/** One page of the requests that the data consumer has sent, oldest change first. */
export function feedQuery(
  service: Pick<Altinn2Service, 'code' | 'edition'>,
  continuation: string,
): Readonly<Record<string, string>> {
  return {
    serviceCode: service.code,
    serviceEditionCode: String(service.edition),
    direction: 'outgoing',
    continuation,
  };
}

/**
 * Finds the request that carries our return reference, page by page. Each request has an address to return to that nobody
 * else has, so it names the request though Altinn gave it a code that we never heard of.
 *
 * @returns undefined when the feed ends without it
 * @throws GatewayError `ALTINN_REJECTED` when the feed cannot be followed to its end
 */
export async function findByReturnReference(
  { returnReference, requestedAt }: Consent,
  start: string,
  fetchPage: (continuation: string) => Promise<readonly ConsentRequest[]>,
): Promise<ConsentRequest | undefined> {
  let continuation = start;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const requests = await fetchPage(continuation);
    const found = requests.find(({ redirecturl }) => leadsTo(redirecturl, returnReference));
    if (found !== undefined) return found;
    const last = requests.at(-1);
    if (last === undefined) return undefined;
    const next = continuationAfter(last);
    if (next === continuation) return undefined;
    continuation = next;
  }
  throw rejected(
    `Altinn’s list of requests since ${requestedAt.toISOString()} is too long to be searched. The operator must ask Altinn for the request.`,
  );
}

function leadsTo(address: string | null | undefined, returnReference: string): boolean {
  const url = URL.parse(address ?? '');
  return url?.pathname.endsWith(`/${returnReference}`) ?? false;
}

/** @throws GatewayError when the request does not say when it changed: taken for the end, a person might be asked twice */
function continuationAfter({ lastchanged, authorizationcode }: ConsentRequest): string {
  const [, toSecond, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(lastchanged ?? '') ?? [];
  if (toSecond === undefined) {
    throw rejected('Altinn’s list of requests cannot be followed, since a request in it does not say when it changed.');
  }
  return `${toSecond}.${fraction.padEnd(3, '0').slice(0, 3)}_${authorizationcode.reveal()}`;
}
