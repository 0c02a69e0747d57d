import { X509Certificate } from 'node:crypto';
import type { ConfiguredClient, ConfiguredCredential } from '../config-client.ts';
import { ageOf, currentOf, lastsUntil } from '../maskinporten/credentials.ts';
import { CERTIFICATE_ISSUER, DIGDIR, OPERATOR } from './contacts.ts';
import type { Verdict } from './findings.ts';

/** The environments of Maskinporten, and the sandbox. */
type Environment = 'sandbox' | 'test' | 'production';

/** Issuers whose certificates each environment is known to take; the sandbox's say what they are. */
const ISSUERS: Readonly<Record<Exclude<Environment, 'sandbox'>, readonly string[]>> = {
  production: [
    'Buypass Class 3 CA 3',
    'Buypass Class 3 CA G2 ST Business',
    'Buypass Class 3 CA G2 HT Business',
    'Commfides Legal Person - G3',
  ],
  test: ['Buypass Class 3 Test4 CA 3', 'Buypass Class 3 Test4 CA G2 ST Business', 'Commfides Legal Person - G3 - TEST'],
};

type Credentials = readonly [ConfiguredCredential, ...ConfiguredCredential[]];

/** The key or certificate that signs at this moment. The others are tried when their time comes. */
export function currentCredential({ credentials }: ConfiguredClient, now: Date): ConfiguredCredential {
  return currentOf(atLeastOne(credentials), now);
}

/** Judges whether a client can sign at this moment, and for how long. What is said of it is its place in the configuration. */
export function judgeCredential(client: ConfiguredClient, now: Date): Verdict {
  const all = atLeastOne(client.credentials);
  const current = currentOf(all, now);
  const kind = current.certificate === undefined ? 'key' : 'certificate';
  const renewal = RENEWAL[kind];
  const names = `${placeOf(all, current)} signs${followedBy(all, now)}.`;
  const until = dateOf(lastsUntil(all, now));
  switch (ageOf(all, now)) {
    case 'not yet valid':
      return {
        state: 'wrong',
        seen: `The ${kind} may not be used before ${momentOf(current.startsAt)}, and there is no other.`,
        todo: `Wait until then, or correct \`startsAt\` of ${placeOf(all, current)} in the configuration.`,
        ask: [OPERATOR],
      };
    case 'expired':
      return { state: 'wrong', seen: `The ${kind} expired on ${until}. Maskinporten refuses it.`, ...renewal };
    case 'expires soon':
      return { state: 'warning', seen: `${names} It can sign only until ${until}.`, ...renewal };
    case 'unknown':
      return {
        state: 'ok',
        seen: `${names} When it expires is not known: a key lives a year from its last upload to Maskinporten. With \`registeredOn\` in the configuration the gateway warns in time.`,
      };
    case 'valid':
      return { state: 'ok', seen: `${names} It can sign until ${until}.` };
  }
}

const RENEWAL = {
  key: {
    todo: 'Upload a new key to the client in Digdir’s self-service, add it to `keys`, and set `registeredOn` to the date. Uploading the same key again renews it too: if that has been done, correct `registeredOn`.',
    ask: [OPERATOR, DIGDIR],
  },
  certificate: {
    todo: 'Order a new enterprise certificate, and add it to `certificates` beside the one in use.',
    ask: [CERTIFICATE_ISSUER, OPERATOR],
  },
} as const;

/**
 * Judges by its issuer whether a certificate belongs to this environment: Maskinporten keeps test and production strictly
 * apart. Whose certificate it is has been judged with the configuration. Undefined for a key, which does not say where it is from.
 */
export function judgeIssuer({ certificate }: ConfiguredCredential, here: Environment): Verdict | undefined {
  const [own] = certificate?.chain ?? [];
  if (certificate === undefined || own === undefined) return undefined;
  const { issuer } = new X509Certificate(Buffer.from(own.reveal(), 'base64'));
  const from = environmentOf(/^CN=(.*)$/m.exec(issuer)?.[1] ?? '');
  const whose = `The certificate is issued to organisation ${certificate.organisationNumber}`;
  if (from === undefined) {
    return {
      state: 'warning',
      seen: `${whose} by an issuer that is not on our list, which may be out of date. Whether Maskinporten takes it in ${here} shows at the grant.`,
      todo: 'If the grant is refused, ask whether this is an enterprise certificate for this environment.',
      ask: [CERTIFICATE_ISSUER, DIGDIR],
    };
  }
  if (from === here) return { state: 'ok', seen: `${whose}, for ${here}.` };
  return {
    state: 'wrong',
    seen: `${whose}, for ${from}, but this configuration is for ${here}. Maskinporten keeps them strictly apart and refuses it.`,
    todo: `Use a certificate issued for ${here}.`,
    ask: [OPERATOR, CERTIFICATE_ISSUER],
  };
}

function environmentOf(issuer: string): Environment | undefined {
  if (ISSUERS.production.includes(issuer)) return 'production';
  if (ISSUERS.test.includes(issuer)) return 'test';
  return issuer.toLowerCase().includes('sandbox') ? 'sandbox' : undefined;
}

function atLeastOne([first, ...others]: readonly ConfiguredCredential[]): Credentials {
  if (first === undefined) throw new Error('a client without a key or a certificate is no configuration');
  return [first, ...others];
}

/** `keys[0]`: says which without its id. */
function placeOf(all: Credentials, one: ConfiguredCredential): string {
  return `\`${one.certificate === undefined ? 'keys' : 'certificates'}[${all.indexOf(one)}]\``;
}

/** Which one takes over from the current one, and when. */
function followedBy(all: Credentials, now: Date): string {
  const next = all.find(({ startsAt }) => startsAt !== undefined && startsAt > now);
  return next === undefined
    ? ''
    : `; ${placeOf(all, next)} takes over on ${momentOf(next.startsAt)}, and is tried then`;
}

function dateOf(moment: Date | undefined): string {
  return moment?.toISOString().slice(0, 10) ?? 'an unknown day';
}

function momentOf(moment: Date | undefined): string {
  return moment === undefined ? 'an unknown moment' : `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
