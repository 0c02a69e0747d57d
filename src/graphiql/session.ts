import { decodeJwt } from 'jose';
import { z } from 'zod';

/** Whoever's token is used. */
export interface Person {
  /** Name in the token, or of what kind it is. */
  readonly name: string;
  /** What the gateway takes them for, such as `ANALYST at Fjordlund Forsikring`; or what it has to say about them. */
  readonly standing: string;
}

const VIEWER = '{ viewer { role dataConsumer { name } } }';

const answer = z.object({
  data: z
    .object({ viewer: z.object({ role: z.string(), dataConsumer: z.object({ name: z.string() }) }).nullish() })
    .nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/**
 * Asks the gateway whose token this is.
 *
 * @returns the person, or why the token is of no use
 */
export async function meet(token: string): Promise<Person | { readonly flaw: string }> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: VIEWER }),
    });
    const { data, errors } = answer.parse(await response.json());
    const message = errors?.[0]?.message ?? '';
    if (response.status === 401) return { flaw: message };
    const viewer = data?.viewer;
    return {
      name: nameIn(token),
      standing: viewer ? `${viewer.role} at ${viewer.dataConsumer.name}` : message,
    };
  } catch {
    return { flaw: 'The gateway cannot be reached, or the text is no token.' };
  }
}

function nameIn(token: string): string {
  try {
    return decodeJwt(token).sub ?? 'token without a name';
  } catch {
    return 'opaque token';
  }
}
