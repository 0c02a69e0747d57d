import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { stillClock } from '../../../src/clock.ts';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { newSandboxState } from '../../../src/sandbox/state.ts';
import type { TransportRequest, TransportResponse } from '../../../src/sandbox/transport.ts';
import type { CastId } from '../../../src/sandbox/world.ts';
import { SANDBOX_START } from '../../../src/sandbox/world.ts';
import { INSURER_A, numberOf } from './nav-world.ts';

export const ORIGINS = {
  control: 'http://127.0.0.1:4100',
  altinn3: 'http://127.0.0.1:4101',
  maskinporten: 'http://127.0.0.1:4102',
  aap: 'http://127.0.0.1:4103',
  uforeopplysninger: 'http://127.0.0.1:4104',
  callers: 'http://127.0.0.1:4105',
  nav: 'http://127.0.0.1:4106',
  altinn2: 'http://127.0.0.1:4107',
};

const fresh = await newSandboxState();

/** A sandbox without ports, its clock standing still; the keys are those of every other one in the same file. */
export function testSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const clock = stillClock(SANDBOX_START);
  return createSandbox({ clock, origins: ORIGINS, state: structuredClone(fresh), ...options });
}

/** A call through the sandbox's transport. */
export async function send(
  { transport }: Pick<Sandbox, 'transport'>,
  url: string,
  request: Partial<Omit<TransportRequest, 'url'>> = {},
): Promise<TransportResponse & { readonly text: string }> {
  const response = await transport({
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    maxBytes: 1_000_000,
    ...request,
  });
  return { ...response, text: new TextDecoder().decode(response.body) };
}

/** A consent that insurer A asked a person for and got. @returns its id */
export function givenConsent({ altinn3 }: Sandbox, person: CastId): string {
  const id = randomUUID();
  const from = `urn:altinn:person:identifier-no:${numberOf(person)}`;
  const to = `urn:altinn:organization:identifier-no:${INSURER_A}`;
  altinn3.register.add(
    {
      id,
      from,
      to,
      requiredDelegator: null,
      handledBy: null,
      validTo: '2027-03-01T12:00:00+00:00',
      consentRights: [
        {
          action: ['consent'],
          resource: [{ type: 'urn:altinn:resource', value: 'nav_samtykke_dsop_aap-ufore' }],
          metadata: { fraogmed: '01.01.2024', tilogmed: '31.12.2026' },
        },
      ],
      requestMessage: null,
      redirectUrl: 'https://insurer.example/',
      portalViewMode: 'Hide',
    },
    to,
  );
  altinn3.register.accept(id, numberOf(person));
  return id;
}

/** The form of a token request by insurer A's client for one scope and one consent. */
export async function grantForm(sandbox: Sandbox, person: CastId, consentId: string, scope: string): Promise<string> {
  const client = sandbox.clients.find(({ organisation }) => organisation === INSURER_A);
  if (client === undefined) throw new Error('insurer A has no client');
  const now = Math.floor(sandbox.clock.now().getTime() / 1000);
  const assertion = await new SignJWT({
    aud: sandbox.maskinporten.issuer,
    iss: client.clientId,
    scope,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    authorization_details: [
      {
        type: 'urn:altinn:consent',
        id: consentId,
        from: `urn:altinn:person:identifier-no:${numberOf(person)}`,
      },
    ],
  })
    .setProtectedHeader({ alg: 'RS256', kid: client.kid })
    .sign(await importJWK(client.privateJwk, 'RS256'));
  return new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString();
}

/** A token for one scope under a consent just given, over the sandbox's own network. */
export async function consentToken(
  sandbox: Sandbox,
  person: CastId,
  scope: string,
  consentId = givenConsent(sandbox, person),
): Promise<string> {
  const response = await send(sandbox, `${sandbox.origins.maskinporten}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: await grantForm(sandbox, person, consentId, scope),
  });
  return (JSON.parse(response.text) as { access_token: string }).access_token;
}
