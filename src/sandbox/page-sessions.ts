import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Altinn3State } from './altinn3-state.ts';
import type { DoubleRequest } from './double.ts';
import type { Person } from './world.ts';
import { personByCastId } from './world.ts';

const SESSION_MILLISECONDS = 30 * 60_000;

/** Whoever is looking at a page: a browser, and the person it is logged in as. */
export interface Visitor {
  readonly session: string;
  readonly person: Person | null;
  /** Goes into every form; holds for this browser alone. */
  readonly formToken: string;
  /** The `set-cookie` value that keeps the browser recognisable. */
  readonly cookie: string;
}

/** Logging in and out, by a cookie that scripts can not read. Lasts thirty minutes of the clock. */
export interface PageSessions {
  visitorOf(request: DoubleRequest): Visitor;
  /** A new session, so that the one from before logging in is worth nothing. */
  logIn(person: Person): Visitor;
  logOut(visitor: Visitor): void;
  /** Whether a form was made for this browser. */
  isOwnForm(visitor: Visitor, formToken: string | null): boolean;
}

/** Where sessions hold. Browsers share cookies between the ports of a host, so each Altinn has a name of its own. */
export interface SessionCookie {
  readonly name: string;
  /** Below which the pages lie. */
  readonly path: string;
}

/** Sessions over the double's state. Browsers that are not logged in leave no trace in it. */
export function createPageSessions(
  state: Pick<Altinn3State, 'sessions' | 'formKey'>,
  clock: Clock,
  { name, path }: SessionCookie,
): PageSessions {
  const formTokenOf = (session: string) => createHmac('sha256', state.formKey).update(session).digest('base64url');

  const visitor = (session: string, person: Person | null): Visitor => ({
    session,
    person,
    formToken: formTokenOf(session),
    cookie: `${name}=${session}; Path=${path}; HttpOnly; SameSite=Lax`,
  });

  function forgetOld(): void {
    const now = clock.now().getTime();
    for (const [session, { until }] of Object.entries(state.sessions)) {
      if (until <= now) delete state.sessions[session];
    }
  }

  return {
    visitorOf: ({ headers }) => {
      forgetOld();
      const session = sessionIn(headers['cookie'] ?? '', name) ?? newSession();
      return visitor(session, personByCastId(state.sessions[session]?.person ?? '') ?? null);
    },
    logIn: (person) => {
      const session = newSession();
      state.sessions[session] = { person: person.id, until: clock.now().getTime() + SESSION_MILLISECONDS };
      return visitor(session, person);
    },
    logOut: ({ session }) => {
      delete state.sessions[session];
    },
    isOwnForm: ({ formToken }, sent) => {
      const [own, other] = [Buffer.from(formToken), Buffer.from(sent ?? '')];
      return own.length === other.length && timingSafeEqual(own, other);
    },
  };
}

function sessionIn(cookies: string, name: string): string | undefined {
  return new RegExp(`(?:^|; *)${name}=([\\w-]{43})(?:;|$)`).exec(cookies)?.[1];
}

function newSession(): string {
  return randomBytes(32).toString('base64url');
}
