import { createPrivateKey } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { Profile } from './config-profiles.ts';
import { SANDBOX_MARK, TEST_HOSTS, UPSTREAM_TOKEN_HOSTS } from './config-profiles.ts';
import { isOrganisationNumber, isSyntheticOrganisation, Secret } from './values.ts';

/** Where a secret is kept: in a file, or in a variable of the environment. */
export type SecretReference = { readonly file: string } | { readonly env: string };

/**
 * Finds the text a reference points to, or says what is wrong, naming the variable or file only where it looks like one.
 * `base64`: what is there may be binary, and is wanted in base64; a variable holds it so already.
 */
export type SecretReader = (
  reference: SecretReference,
  form: 'text' | 'base64',
) => { readonly text: string } | { readonly flaw: string };

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

// To listen on these is to listen to the whole network; to call them is to call this machine.
const EVERY_ADDRESS = ['0.0.0.0', '[::]'];

/** Tells whether a host (a name, an IPv4 or an IPv6 address, in brackets or not) is this machine and reached from it only. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  switch (isIP(name)) {
    case 4:
      return LOOPBACK.check(name);
    case 6:
      return LOOPBACK.check(name, 'ipv6');
    default:
      return isWithin(name, 'localhost');
  }
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/**
 * What is wrong with an address in this profile, if anything: https everywhere, http on this machine in the sandbox only,
 * and in production neither this machine nor a documented test environment. Never user, password, query or fragment.
 */
function addressFlaw(text: string, profile: Profile): string | undefined {
  if (!URL.canParse(text)) return 'must be an absolute address, such as https://host.example/path';
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '') return 'must not carry a user or a password';
  if (search !== '' || hash !== '') return 'must not carry a query or a fragment';
  if (protocol !== 'https:' && protocol !== 'http:') return 'must be an https address';
  if (protocol === 'http:' && !(profile === 'sandbox' && isLoopback(hostname))) {
    return profile === 'sandbox' ? 'must be https, or http on this machine' : `must be https in profile ${profile}`;
  }
  if (profile !== 'production') return undefined;
  if (isLoopback(hostname) || EVERY_ADDRESS.includes(hostname)) return 'must not be this machine in profile production';
  if (TEST_HOSTS.some((host) => isWithin(hostname, host)))
    return 'must not be a test environment in profile production';
  return undefined;
}

/** An address, its trailing slashes taken off so that a path can be put after it. */
export function address(profile: Profile) {
  return judged((text) => addressFlaw(text, profile), 'uri').transform((text) =>
    new URL(text).href.replace(/\/+$/, ''),
  );
}

/** An address without a path: scheme, host and port. */
export function origin(profile: Profile) {
  return judged((text) => {
    const flaw = addressFlaw(text, profile);
    if (flaw !== undefined) return flaw;
    return new URL(text).pathname === '/' ? undefined : 'must be scheme, host and port, without a path';
  }, 'uri').transform((text) => new URL(text).origin);
}

/** The name of an issuer of tokens: an address compared letter by letter, so it stays as written, slash and all. */
export function issuer(profile: Profile) {
  return judged((text) => addressFlaw(text, profile), 'uri');
}

/** An issuer of callers' tokens: anyone but Maskinporten and Altinn, whose tokens are meant for the upstreams. */
export function callerIssuer(profile: Profile) {
  return judged((text) => {
    const flaw = addressFlaw(text, profile);
    if (flaw !== undefined) return flaw;
    const { hostname } = new URL(text);
    return UPSTREAM_TOKEN_HOSTS.some((host) => isWithin(hostname, host))
      ? 'must not be Maskinporten or Altinn: their tokens are for the upstreams, not for callers of this gateway'
      : undefined;
  }, 'uri');
}

/** A path that is put after a base address: begins with a slash, ends without. */
export function path() {
  return judged((text) =>
    /^(?:\/[\w.~-]+)+$/.test(text) ? undefined : 'must be a path such as /api/v1/name, without query or trailing slash',
  );
}

/** The name of an HTTP header (RFC 9110 token). */
export function headerName() {
  return judged((text) => (/^[\w!#$%&'*+.^`|~-]+$/.test(text) ? undefined : 'must be the name of an HTTP header'));
}

/** The name of a key, a client or an audience; one of the sandbox is refused in production. */
export function name(profile: Profile) {
  return judged((text) => {
    if (text.trim() === '') return 'must not be empty';
    return profile === 'production' && text.toLowerCase().includes(SANDBOX_MARK)
      ? 'belongs to the sandbox and is refused in profile production'
      : undefined;
  });
}

/** A text with something in it. */
export function words() {
  return judged((text) => (text.trim() === '' ? 'must not be empty' : undefined));
}

/** An organisation number of the population the profile deals with. */
export function organisationNumber(profile: Profile) {
  return z.string().transform((text, judgement) => {
    if (!isOrganisationNumber(text)) return refuse(judgement, 'must be nine digits with a right check digit');
    if (profile === 'production' && isSyntheticOrganisation(text)) {
      return refuse(judgement, 'is a synthetic organisation, which profile production refuses');
    }
    if (profile === 'sandbox' && !isSyntheticOrganisation(text)) {
      return refuse(
        judgement,
        'may be a real organisation, which profile sandbox refuses: use one that starts with 2 or 3',
      );
    }
    return text;
  });
}

/** A secret, given as a reference; `what` names it in every mask. */
export function secret(what: string, read: SecretReader, form: 'text' | 'base64' = 'text') {
  const reference = z.union([z.strictObject({ file: words() }), z.strictObject({ env: words() })], {
    error: (issue) =>
      issue.input === undefined
        ? undefined
        : 'must be a reference, {"file": "path"} or {"env": "NAME"}: a secret is never written into this file',
  });
  return reference.transform((found, judgement) => {
    const answer = read(found, form);
    return 'flaw' in answer ? refuse(judgement, answer.flaw) : new Secret(answer.text, what);
  });
}

/** An ApiKey of Altinn 2: one word, for a header. One of the sandbox is refused in production. */
export function apiKey(profile: Profile, read: SecretReader) {
  return secret('ApiKey', read).transform((kept, judgement) => {
    const text = kept.reveal().trim();
    if (!/^[!-~]{8,200}$/.test(text))
      return refuse(judgement, 'must lead to an ApiKey: one word of 8 to 200 characters');
    if (profile === 'production' && text.toLowerCase().includes(SANDBOX_MARK))
      return refuse(judgement, 'leads to an ApiKey of the sandbox, which profile production refuses');
    return new Secret(text, 'ApiKey');
  });
}

/**
 * A private RSA key of at least 2048 bits, as PEM (PKCS#8) or JWK, handed on as PKCS#8 PEM. RSA, because Maskinporten
 * takes no other signature than RS256, RS384 and RS512.
 */
export function signingKey(read: SecretReader) {
  return secret('signing key', read).transform((kept, judgement) => {
    const key = parsePrivateKey(kept.reveal());
    if (key === undefined) return refuse(judgement, 'does not lead to a private key (PEM PKCS#8, or a JWK as JSON)');
    if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
      return refuse(judgement, 'must lead to an RSA key of at least 2048 bits, which is what Maskinporten takes');
    }
    return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString(), 'signing key');
  });
}

function parsePrivateKey(text: string) {
  try {
    const key = parseJson(text);
    return key === undefined
      ? createPrivateKey(text)
      : createPrivateKey({ key: z.record(z.string(), z.unknown()).parse(key), format: 'jwk' });
  } catch {
    return undefined;
  }
}

const keyBytes = z
  .string()
  .refine(
    (text) => Buffer.from(text, 'base64').length === 32 && Buffer.from(text, 'base64').toString('base64') === text,
  );

/**
 * The text of the store's key file: `{"active": id, "keys": [{"id", "key"}], "identityKey"}`, each key 32 bytes in base64.
 * Judged here so that a wrong one is reported with every other mistake; what its keys are used for is the store's business.
 */
export function encryptionKeys(profile: Profile, read: SecretReader) {
  const id = name(profile).regex(/^[\w-]{1,32}$/);
  const keyFile = z.strictObject({
    active: id,
    keys: z.array(z.strictObject({ id, key: keyBytes })).min(1),
    identityKey: keyBytes,
  });
  return secret('encryption keys', read).transform((kept, judgement) => {
    const parsed = keyFile.safeParse(parseJson(kept.reveal()));
    if (!parsed.success) {
      return refuse(
        judgement,
        'must lead to {"active": id, "keys": [{"id", "key"}], "identityKey"}: each key 32 bytes in base64, none the sandbox’s',
      );
    }
    const { active, keys, identityKey } = parsed.data;
    if (new Set(keys.map((key) => key.id)).size < keys.length)
      return refuse(judgement, 'leads to two keys with one id');
    if (!keys.some((key) => key.id === active))
      return refuse(judgement, 'leads to keys of which none is the active one');
    if (new Set([identityKey, ...keys.map(({ key }) => key)]).size <= keys.length) {
      return refuse(judgement, 'leads to one key used twice: every key has one use');
    }
    return kept;
  });
}

/** JSON read without a word about its content when it is none: the parser's own messages quote it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function judged(flawOf: (text: string) => string | undefined, format?: string) {
  const text = z.string().superRefine((value, judgement) => {
    const flaw = flawOf(value);
    // Aborting keeps a transform behind this from ever seeing what was refused.
    if (flaw !== undefined) judgement.addIssue({ code: 'custom', message: flaw, continue: false });
  });
  return format === undefined ? text : text.meta({ format });
}

function refuse(judgement: z.RefinementCtx, flaw: string): never {
  judgement.addIssue({ code: 'custom', message: flaw });
  return z.NEVER;
}
