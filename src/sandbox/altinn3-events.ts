import { z } from 'zod';
import { millisecondsOf, momentSchema } from './altinn3-moments.ts';
import type { ValidationError } from './altinn3-problems.ts';
import { bindingProblem, problemResponse, validationError, validationProblem } from './altinn3-problems.ts';
import type { ConsentRecord } from './altinn3-state.ts';
import type { DoubleResponse } from './double.ts';

const EVENT_TYPES = ['rejected', 'accepted', 'revoked', 'deleted', 'used'];

const querySchema = z.object({
  createdAfter: momentSchema.optional(),
  createdBefore: momentSchema.optional(),
  consentRequestId: z.guid().toLowerCase().optional(),
});

/**
 * One page of the feed, oldest event first: everything that happened to the given consents at least `lagSeconds` ago.
 * A full page always names a next one, so the last page may be empty. Expiry never shows here.
 */
export function eventsPage(
  consents: readonly ConsentRecord[],
  url: URL,
  feed: { readonly now: Date; readonly lagSeconds: number; readonly pageSize: number; readonly origin: string },
): DoubleResponse {
  const query = querySchema.safeParse({
    createdAfter: url.searchParams.get('createdAfter') ?? undefined,
    createdBefore: url.searchParams.get('createdBefore') ?? undefined,
    consentRequestId: url.searchParams.get('consentRequestId') ?? undefined,
  });
  if (!query.success) {
    return bindingProblem(
      Object.fromEntries(query.error.issues.map(({ path }) => [path.join('.'), ['The value is not valid.']])),
    );
  }
  const { consentRequestId } = query.data;
  const after = query.data.createdAfter === undefined ? -Infinity : millisecondsOf(query.data.createdAfter);
  const before = query.data.createdBefore === undefined ? Infinity : millisecondsOf(query.data.createdBefore);
  const wanted = url.searchParams.getAll('eventType').map((name) => name.toLowerCase());
  const continuation = url.searchParams.get('continuationToken');
  const cursor = continuation === null ? '' : eventIdIn(continuation);

  const errors: ValidationError[] = [];
  if (after >= before) errors.push(validationError('AM.VLD-00051', '$QUERY/createdAfter'));
  if (!wanted.every((name) => EVENT_TYPES.includes(name))) {
    errors.push(validationError('AM.VLD-00052', '$QUERY/eventType'));
  }
  if (cursor === null) errors.push(validationError('AM.VLD-00053', '$QUERY/continuationToken'));
  if (cursor === null || errors.length > 0) return problemResponse([validationProblem(errors)]);

  const newest = feed.now.getTime() - feed.lagSeconds * 1000;
  const page = consents
    .filter(({ id }) => consentRequestId === undefined || id === consentRequestId)
    .flatMap(({ id, events }) => events.map((event) => ({ ...event, consentRequestId: id })))
    .filter(({ id, eventType }) => id > cursor && (wanted.length === 0 || wanted.includes(eventType.toLowerCase())))
    .filter(({ created }) => {
      const happened = millisecondsOf(created);
      return happened <= newest && happened >= after && happened < before;
    })
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .slice(0, feed.pageSize);

  const last = page.at(-1);
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      links: { next: last === undefined || page.length < feed.pageSize ? null : nextLink(url, feed.origin, last.id) },
      data: page.map(({ consentRequestId: consent, eventType, created }) => ({
        consentRequestId: consent,
        eventType,
        changedDate: created,
      })),
    }),
  };
}

function nextLink(url: URL, origin: string, lastEventId: string): string {
  const next = new URL(`${url.pathname}${url.search}`, origin);
  next.searchParams.set('continuationToken', Buffer.from(lastEventId.replaceAll('-', ''), 'hex').toString('base64'));
  return next.href;
}

/** The event id in a continuation token (base64 of its sixteen bytes), or null. */
function eventIdIn(token: string): string | null {
  if (!/^[A-Za-z0-9+/]{22}==$/.test(token)) return null;
  return Buffer.from(token, 'base64')
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
