import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildSchema, graphql } from 'graphql';
import { z } from 'zod';
import type { Consent } from '../../src/access/ports.ts';
import { personUrn } from '../../src/altinn/altinn3-wire.ts';
import type { Clock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { readyCredential } from '../../src/gateway-maskinporten.ts';
import { readTypeDefs } from '../../src/graphql/server.ts';
import { vedtakAnswer } from '../../src/nav/aap.wire.ts';
import { uforeopplysningerAnswer } from '../../src/nav/uforeopplysninger.wire.ts';
import { NationalId } from '../../src/values.ts';
import { openStore } from './rooms.ts';

const bodySchema = z.object({
  query: z.string(),
  variables: z.object({ by: z.array(z.object({ nationalId: z.string() })) }),
});
const tokenSchema = z.object({ access_token: z.string() });

/** One of the two benefits, as this server reads it. */
interface Source {
  readonly name: 'aapVedtak' | 'uforeopplysninger';
  readonly scope: string;
  readonly url: string;
  readonly personHeader: string;
  readonly read: (body: unknown) => object;
}

/**
 * What a first version would be: every field does all of its work alone. It looks its consent up, signs a grant, fetches a
 * token (on Altinn 2 one of the consent besides, and tells of the use), asks NAV, all by the global `fetch`, and commits each
 * of its two records by itself. No loader, no queue, no shared token, no answer of the other field's. It answers the bench's
 * query as the gateway does; callers and errors are no concern of it, which is in its favour.
 *
 * @throws Error when the insurer's key cannot be used
 */
export async function naiveHandler(
  config: Config,
  clock: Clock,
): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> {
  const [insurer] = config.dataConsumers;
  const credential = insurer?.client?.credentials[0];
  if (insurer?.client === undefined || credential === undefined) throw new Error('the insurer has no key');
  const { issuer, tokenEndpoint, grantLifetimeSeconds: lifetimeSeconds } = config.maskinporten;
  const { sign } = await readyCredential(credential, {
    clientId: insurer.client.clientId,
    issuer,
    lifetimeSeconds,
    clock,
  });
  const store = await openStore(config, clock);
  const schema = buildSchema(readTypeDefs().join('\n'));
  const records = new DatabaseSync(join(config.store.directory, 'naive.db'));
  records.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE records (id TEXT, record TEXT)');
  const insert = records.prepare('INSERT INTO records (id, record) VALUES (?, ?)');

  const { aap, uforeopplysninger: ufore } = config.nav;
  const aapVedtak: Source = {
    ...aap,
    name: 'aapVedtak',
    url: `${aap.baseUrl}${aap.vedtakPath}`,
    read: (body) => ({ __typename: 'AapVedtaksliste', ...vedtakAnswer.parse(body) }),
  };
  const uforeopplysninger: Source = {
    ...ufore,
    name: 'uforeopplysninger',
    url: `${ufore.baseUrl}${ufore.path}`,
    read: (body) => ({ __typename: 'Uforeopplysninger', ...uforeopplysningerAnswer.parse(body) }),
  };

  async function tokenFor(scope: string, consent?: Consent): Promise<string> {
    const assertion = await sign(
      consent === undefined
        ? { scope }
        : { scope, consent: { id: consent.railId, from: personUrn(consent.applicant) } },
    );
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const body = new URLSearchParams({ grant_type, assertion: assertion.reveal() });
    const answer = await fetch(tokenEndpoint, { method: 'POST', body });
    return tokenSchema.parse(await answer.json()).access_token;
  }

  async function credentialsFor(scope: string, consent: Consent): Promise<Record<string, string>> {
    if (consent.rail === 'ALTINN_3') return { authorization: `Bearer ${await tokenFor(scope, consent)}` };
    const authorization = `Bearer ${await tokenFor(scope)}`;
    const answer = await fetch(consentTokenAt(consent), { headers: altinn2Headers() });
    return { authorization, 'nav-samtykke-token': z.string().parse(await answer.json()) };
  }

  function consentTokenAt(consent: Consent): string {
    return `${config.altinn2.baseUrl}/api/authorization/token/${consent.railId.reveal()}`;
  }

  function altinn2Headers(): Record<string, string> {
    return { apikey: insurer?.altinn2?.apiKey.reveal() ?? '', 'content-type': 'application/json' };
  }

  async function read(person: NationalId, source: Source): Promise<object> {
    const organisation = insurer?.organisationNumber;
    if (organisation === undefined) throw new Error('there is no insurer');
    const applicant = store.consents.identify(organisation, person);
    const [[consent] = []] = await store.consents.consentsOf(organisation, [applicant.id]);
    if (consent === undefined) throw new Error('there is no consent');
    const id = randomUUID();
    insert.run(
      id,
      JSON.stringify({ intended: clock.now(), source: source.name, applicant: applicant.id, consent: consent.id }),
    );
    const headers = await credentialsFor(source.scope, consent);
    const answer = await fetch(source.url, { headers: { ...headers, [source.personHeader]: person.reveal() } });
    const result = source.read(await answer.json());
    insert.run(
      id,
      JSON.stringify({ settled: clock.now(), outcome: 'DELIVERED', payload: JSON.stringify(result).length }),
    );
    if (consent.rail === 'ALTINN_2') {
      const body = JSON.stringify({ ServiceCode: '4804', ServiceEditionCode: 170223, UsageDateTime: clock.now() });
      await fetch(`${consentTokenAt(consent)}/loguse`, { method: 'POST', headers: altinn2Headers(), body });
    }
    return result;
  }

  function applicantOf({ nationalId }: { readonly nationalId: string }) {
    const person = NationalId.parse(nationalId, config.nationalIds);
    if ('flaw' in person) throw new Error('not a number');
    return { aapVedtak: () => read(person, aapVedtak), uforeopplysninger: () => read(person, uforeopplysninger) };
  }

  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { query, variables } = bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const rootValue = { applicants: ({ by }: typeof variables) => by.map(applicantOf) };
    const result = await graphql({ schema, source: query, variableValues: variables, rootValue });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  };
}
