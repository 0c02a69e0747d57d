import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Altinn2State } from './altinn2-state.ts';
import type { PageSessions, Visitor } from './page-sessions.ts';
import type { Person } from './world.ts';
import { personByCastId } from './world.ts';

/** Below which the pages of Altinn 2 lie. */
export const ALTINN2_UI = '/ui';
/** Browsers share cookies between the ports of a host, so each Altinn has a name of its own. */
const COOKIE = 'altinn2_sandbox';
const SESSION_MILLISECONDS = 30 * 60_000;

/** Logging in on the pages of Altinn 2, by its own cookie and its own state; as long as on those of Altinn 3. */
export function createAltinn2Sessions(state: Pick<Altinn2State, 'sessions' | 'formKey'>, clock: Clock): PageSessions {
  function visitor(session: string, person: Person | null): Visitor {
    return {
      session,
      person,
      formToken: createHmac('sha256', state.formKey).update(session).digest('base64url'),
      cookie: `${COOKIE}=${session}; Path=${ALTINN2_UI}; HttpOnly; SameSite=Lax`,
    };
  }

  return {
    visitorOf: ({ headers }) => {
      const now = clock.now().getTime();
      for (const [session, { until }] of Object.entries(state.sessions)) {
        if (until <= now) delete state.sessions[session];
      }
      const [, sent] = new RegExp(`(?:^|; *)${COOKIE}=([\\w-]{43})(?:;|$)`).exec(headers['cookie'] ?? '') ?? [];
      const session = sent ?? newSession();
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

function newSession(): string {
  return randomBytes(32).toString('base64url');
}
