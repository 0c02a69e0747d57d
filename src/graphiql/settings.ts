import { z } from 'zod';

const settings = z.object({
  /** Where people sign in; null: tokens are typed in. */
  signIn: z
    .object({
      issuer: z.string(),
      clientId: z.string(),
      scope: z.string(),
      /** What this page may call for it. */
      origins: z.array(z.string()),
    })
    .nullable(),
  /** Who and what may be filled in; null outside the sandbox, where nothing may. */
  sandbox: z
    .object({
      today: z.string(),
      people: z.array(
        z.object({ id: z.string(), nationalId: z.string(), familyName: z.string(), returnUrl: z.string() }),
      ),
    })
    .nullable(),
});

/** What the gateway tells its GraphiQL. */
export type Settings = z.infer<typeof settings>;

/** Where people sign in. */
export type SignIn = NonNullable<Settings['signIn']>;

/** Asks the gateway. @throws when it does not answer */
export async function loadSettings(): Promise<Settings> {
  const response = await fetch('/graphiql/settings.json');
  return settings.parse(await response.json());
}
