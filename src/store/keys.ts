import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { NationalId, OrganisationNumber, Secret } from '../values.ts';
import { StoreError } from './failure.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where a sealed value stands. It is authenticated with the value, so that one moved elsewhere no longer opens. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly row: string;
  /** Null: the store's own. */
  readonly dataConsumer: OrganisationNumber | null;
}

/**
 * The keys of a store, usable but not readable: nothing of them can be printed, logged or serialised.
 *
 * What people are called outside (applicant ids), digests and cursors hang on the identity key and can never change it;
 * what is sealed names its key, so that a new key can be made active while the older ones still open.
 */
export interface KeyRing {
  /** `p1_` and 22 characters of base64url: 128 bits of HMAC-SHA-256, under another key for every data consumer. */
  applicantId(dataConsumer: OrganisationNumber, nationalId: NationalId): string;
  /** The id of a consent from another system: a UUID (version 8) of 122 bits of HMAC-SHA-256 of its code, under a key of the data consumer's own. */
  migratedConsentId(dataConsumer: OrganisationNumber, code: Secret): string;
  /** HMAC-SHA-256 of what was shown, base64url, under a key of the data consumer's own. */
  payloadDigest(dataConsumer: OrganisationNumber, payload: string): string;
  /** HMAC-SHA-256 that proves a cursor to be ours and for this data consumer. */
  cursorMac(dataConsumer: OrganisationNumber, text: string): Buffer;
  /** Keyed hash by which a return reference is looked up; base64url. */
  returnReferenceHash(returnReference: string): string;
  /** Tells identity keys apart without telling anything about them: a store remembers whose it is. */
  readonly identityFingerprint: string;
  /** The id of the key under which is sealed what is not sealed under another one by name. */
  readonly activeKey: string;
  /**
   * Encrypts (AES-256-GCM, random 96-bit nonce): `<key id>.<nonce>.<ciphertext and tag>`, base64url.
   *
   * @param key the id of a key of the ring; the active one when left out
   * @throws StoreError: key not in the ring
   */
  seal(text: string, place: Place, key?: string): string;
  /** Decrypts what {@link KeyRing.seal} made at the same place. @throws StoreError: key not in the ring, or not authentic. */
  unseal(sealed: string, place: Place): string;
}

const keyText = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').length === KEY_BYTES, `must be ${KEY_BYTES} bytes in base64`);

const keyFile = z
  .strictObject({
    active: z.string(),
    keys: z.array(z.strictObject({ id: z.string().regex(/^[\w-]{1,32}$/), key: keyText })).min(1),
    identityKey: keyText,
  })
  .refine((file) => file.keys.some(({ id }) => id === file.active), {
    path: ['active'],
    error: 'must be the id of one of the keys',
  })
  .refine((file) => new Set(file.keys.map(({ id }) => id)).size === file.keys.length, {
    path: ['keys'],
    error: 'must have different ids',
  });

/**
 * The key ring in the text of a key file: `{ "active": "k1", "keys": [{ "id": "k1", "key": … }], "identityKey": … }`, each
 * key 32 bytes in base64. Keys are added, the active one is changed; one that was ever active stays in the file.
 *
 * @throws StoreError that names every fault and no value.
 */
export function parseKeyFile(text: string): KeyRing {
  const parsed = keyFile.safeParse(readJson(text));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'} ${issue.message}`);
    throw new StoreError(`The key file cannot be used: ${faults.join('; ')}.`);
  }
  const { active, keys, identityKey } = parsed.data;
  return keyRing(active, new Map(keys.map(({ id, key }) => [id, secretKey(key)])), secretKey(identityKey));
}

/**
 * The text of a key file with fresh random keys. Whoever writes it gives it mode 0600 and keeps it apart from the store.
 * @param id of its one encryption key
 */
export function newKeyFile(id = 'k1'): string {
  const random = () => randomBytes(KEY_BYTES).toString('base64');
  return `${JSON.stringify({ active: id, keys: [{ id, key: random() }], identityKey: random() }, null, 2)}\n`;
}

function keyRing(active: string, sealing: ReadonlyMap<string, KeyObject>, identityKey: KeyObject): KeyRing {
  const subkeys = new Map<string, KeyObject>();

  /** A key for one use and one data consumer; for all data consumers where there is none. */
  const subkey = (use: string, dataConsumer: OrganisationNumber | '' = ''): KeyObject => {
    const info = `samtykkeporten ${use} ${dataConsumer}`;
    const known = subkeys.get(info);
    if (known !== undefined) return known;
    const derived = createSecretKey(new Uint8Array(hkdfSync('sha256', identityKey, '', info, KEY_BYTES)));
    subkeys.set(info, derived);
    return derived;
  };

  return {
    applicantId: (dataConsumer, nationalId) => {
      const code = hmac(subkey('applicant', dataConsumer), nationalId.reveal());
      return `p1_${code.subarray(0, 16).toString('base64url')}`;
    },
    migratedConsentId: (dataConsumer, code) => uuidOf(hmac(subkey('migrated consent', dataConsumer), code.reveal())),
    payloadDigest: (dataConsumer, payload) => hmac(subkey('payload', dataConsumer), payload).toString('base64url'),
    cursorMac: (dataConsumer, text) => hmac(subkey('cursor', dataConsumer), text),
    returnReferenceHash: (returnReference) => hmac(subkey('return reference'), returnReference).toString('base64url'),
    identityFingerprint: hmac(subkey('fingerprint'), 'identity key').toString('base64url'),

    activeKey: active,

    seal: (text, place, key = active) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyNamed(sealing, key), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(bytesOf(place));
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${key}.${nonce.toString('base64url')}.${ciphertext.toString('base64url')}`;
    },

    unseal: (sealed, place) => {
      const [id = '', nonce = '', body = ''] = sealed.split('.');
      const key = keyNamed(sealing, id);
      try {
        const bytes = Buffer.from(body, 'base64url');
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(bytesOf(place));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new StoreError(
          `A value in ${place.table}.${place.column} does not open with key "${id}": the key is another one, or the row was altered.`,
        );
      }
    },
  };
}

function keyNamed(keys: ReadonlyMap<string, KeyObject>, id: string): KeyObject {
  const key = keys.get(id);
  if (key === undefined)
    throw new StoreError(`The store needs the encryption key "${id}", which is not in the key file.`);
  return key;
}

function bytesOf({ table, column, row, dataConsumer }: Place): Buffer {
  return Buffer.from(JSON.stringify([table, column, row, dataConsumer]));
}

function hmac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/** The first 16 bytes as a UUID whose bits its maker chose (RFC 9562, version 8). */
function uuidOf(digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function secretKey(base64: string): KeyObject {
  return createSecretKey(base64, 'base64');
}

/** JSON.parse's own messages quote the text, which here holds keys. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreError('The key file cannot be used: it is not JSON.');
  }
}
