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

/** The key or certificate that signs at this moment. */
export function currentCredential({ credentials }: ConfiguredClient, now: Date): ConfiguredCredential {
  return currentOf(atLeastOne(credentials), now);
}

/** A key or certificate whose time is yet to come. */
export interface Successor {
  readonly credential: ConfiguredCredential;
  /** Its place in the configuration: `keys[1]`. */
  readonly place: string;
  /** When it begins to sign, for people. */
  readonly takesOver: string;
  /** Why it cannot be tried before, a sentence; undefined: it can. */
  readonly obstacle: string | undefined;
}

/** The key or certificate that takes over from the one that signs at this moment, if there is one. */
export function successorOf({ credentials }: ConfiguredClient, now: Date): Successor | undefined {
  const all = atLeastOne(credentials);
  const current = currentOf(all, now);
  const next = all.find((each) => each !== current && each.startsAt !== undefined && each.startsAt > now);
  if (next === undefined) return undefined;
  const takesOver = momentOf(next.startsAt);
  const validFrom = ownCertificateOf(next)?.validFromDate;
  return {
    credential: next,
    place: placeOf(all, next),
    takesOver,
    obstacle:
      validFrom === undefined || validFrom <= now
        ? undefined
        : `Takes over on ${takesOver}. It is valid from ${momentOf(validFrom)} on, and cannot be tried before.`,
  };
}

/** Judges whether a client can sign at this moment, and for how long. What is said of it is its place in the configuration. */
export function judgeCredential(client: ConfiguredClient, now: Date): Verdict {
  const all = atLeastOne(client.credentials);
  const current = currentOf(all, now);
  const kind = current.certificate === undefined ? 'key' : 'certificate';
  const renewal = RENEWAL[kind];
  const next = successorOf(client, now);
  const followedBy = next === undefined ? '' : `; \`${next.place}\` takes over on ${next.takesOver}`;
  const names = `\`${placeOf(all, current)}\` signs${followedBy}.`;
  const until = dateOf(lastsUntil(all, now));
  switch (ageOf(all, now)) {
    case 'not yet valid':
      return {
        state: 'wrong',
        seen: `The ${kind} may not be used before ${momentOf(current.startsAt)}, and there is no other.`,
        todo: `Wait until then, or correct \`startsAt\` of \`${placeOf(all, current)}\` in the configuration.`,
        ask: [OPERATOR],
      };
    case 'expired':
      return { state: 'wrong', seen: `The ${kind} expired on ${until}. Maskinporten refuses it.`, ...renewal };
    case 'expires soon':
      return { state: 'warning', seen: `${names} It can sign only until ${until}.`, ...renewal };
    case 'unknown': {
      const undated = all.filter(({ expiresAt }) => expiresAt === undefined).map((each) => `\`${placeOf(all, each)}\``);
      return {
        state: 'warning',
        seen: `${names} The end of ${undated.join(' and ')} is not known: a key lives a year from its last upload to Maskinporten.`,
        todo: `Add \`registeredOn\`, the date of the last upload, to ${undated.join(' and ')} in the configuration: then the gateway warns in time.`,
        ask: [OPERATOR],
      };
    }
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
export function judgeIssuer(credential: ConfiguredCredential, here: Environment): Verdict | undefined {
  const { certificate } = credential;
  const own = ownCertificateOf(credential);
  if (certificate === undefined || own === undefined) return undefined;
  const from = environmentOf(/^CN=(.*)$/m.exec(own.issuer)?.[1] ?? '');
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
  return `${one.certificate === undefined ? 'keys' : 'certificates'}[${all.indexOf(one)}]`;
}

/** Undefined for a key. */
function ownCertificateOf({ certificate }: ConfiguredCredential): X509Certificate | undefined {
  const [own] = certificate?.chain ?? [];
  return own === undefined ? undefined : new X509Certificate(Buffer.from(own.reveal(), 'base64'));
}

function dateOf(moment: Date | undefined): string {
  return moment?.toISOString().slice(0, 10) ?? 'an unknown day';
}

function momentOf(moment: Date | undefined): string {
  return moment === undefined ? 'an unknown moment' : `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
