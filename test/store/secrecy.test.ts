import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Consent } from '../../src/access/ports.ts';
import { Secret } from '../../src/values.ts';
import {
  A,
  ALL_DISCLOSURES,
  activeConsent,
  B,
  CAST_NUMBERS,
  intention,
  migratedConsent,
  newConsent,
  person,
  settlement,
} from '../contracts/remembered.ts';
import { freshFile, openStore } from './support.ts';

function sql(file: string, ...statements: string[]): void {
  const database = new DatabaseSync(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

describe('what lies on the disk', () => {
  it('holds no national id, rail id, page address, return reference or payload in any byte of any file', async () => {
    const file = freshFile();
    const store = await openStore(file);
    const secrets: string[] = [...CAST_NUMBERS];
    for (const [at] of CAST_NUMBERS.entries()) {
      const wish = newConsent(store.consents.identify(A, person(at)), { reference: `SAK-${at}` });
      const { consent } = await store.consents.insert(wish);
      const pageUrl = new Secret(`https://altinn.example/consent/${wish.railId.reveal()}`, 'consent page');
      const confirmed = await store.consents.change(consent, { confirmedAt: wish.requestedAt, pageUrl });
      expect(confirmed?.pageUrl?.reveal()).toBe(pageUrl.reveal());
      const payload = `{"person":"${wish.applicant.nationalId.reveal()}","vedtakId":"35110201"}`;
      const intended = intention(wish.applicant, { consent });
      await store.disclosures.intend(intended);
      await store.disclosures.settle(intended, settlement({ outcome: 'WITHHELD', payload }));
      secrets.push(wish.railId.reveal(), pageUrl.reveal(), 'altinn.example', wish.returnReference, '35110201');
    }
    const migrated = migratedConsent(store.consents.identify(A, person()));
    await store.consents.migrate(migrated);
    secrets.push(migrated.railId.reveal(), migrated.returnReference);
    const bytes = () =>
      [file, `${file}-wal`, `${file}-shm`].filter(existsSync).map((each) => readFileSync(each, 'latin1'));
    expect(bytes()).toHaveLength(3);
    const open = bytes().join('');
    await store.close();
    const closed = bytes().join('');
    for (const content of [open, closed]) {
      // What may lie open is found, so that the search is one that finds.
      expect(content).toContain('SAK-11');
      expect(secrets.filter((secret) => content.includes(secret))).toEqual([]);
    }
  });

  it('does not open once sealed values were moved between rows or data consumers', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    const one = await activeConsent(store, store.consents.identify(A, person(0)));
    const two = await activeConsent(store, store.consents.identify(A, person(1)));
    const other = await activeConsent(store, store.consents.identify(B, person(2)));
    const take = (column: string, to: Consent, from: Consent) =>
      `UPDATE consents SET ${column} = (SELECT ${column} FROM consents WHERE id = '${from.id}') WHERE id = '${to.id}'`;
    sql(file, take('rail_id_sealed', one, two));
    await expect(store.consents.find(A, [one.id])).rejects.toThrow('consents.rail_id does not open');
    sql(
      file,
      `UPDATE applicants SET national_id_sealed = (SELECT national_id_sealed FROM applicants WHERE data_consumer = '${B}') WHERE applicant_id = '${two.applicant.id}'`,
    );
    await expect(store.consents.find(A, [two.id])).rejects.toThrow('applicants.national_id does not open');
    expect(await store.consents.find(B, [other.id])).toEqual([other]);
  });

  it('keeps one digest of what was shown, under a key of the data consumer’s own', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    for (const who of [A, A, B]) {
      const consent = await activeConsent(store, store.consents.identify(who, person()));
      const intended = intention(consent.applicant, { consent });
      await store.disclosures.intend(intended);
      await store.disclosures.settle(intended, settlement({ payload: '{"vedtaksliste":[]}' }));
    }
    const database = new DatabaseSync(file, { readOnly: true });
    const digests = database
      .prepare('SELECT DISTINCT data_consumer, payload_digest FROM settlements ORDER BY data_consumer')
      .all();
    database.close();
    expect(digests.map((row) => row['data_consumer'])).toEqual([A, B]);
    expect(digests[0]?.['payload_digest']).toMatch(/^[\w-]{43}$/);
    expect(digests[0]?.['payload_digest']).not.toBe(digests[1]?.['payload_digest']);
  });
});

describe('the log', () => {
  it('is unlinked from a person whose row is erased, and otherwise stays as it is', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    const applicant = store.consents.identify(A, person());
    const intended = intention(applicant);
    await store.disclosures.intend(intended);
    sql(file, 'DELETE FROM applicants');
    const { edges } = await store.disclosures.page(A, { first: 10, after: null }, ALL_DISCLOSURES);
    expect(edges).toMatchObject([
      { node: { id: intended.id, applicant: null, outcome: 'UNSETTLED', callId: intended.callId } },
    ]);

    // The same person, met again, gets a new row: the old records stay nobody's.
    await store.disclosures.intend(intention(applicant));
    const mine = await store.disclosures.page(
      A,
      { first: 10, after: null },
      { ...ALL_DISCLOSURES, applicant: applicant.id },
    );
    expect(mine.edges).toHaveLength(1);
    expect(mine.edges[0]?.node.id).not.toBe(intended.id);
  });

  it('cannot be changed or shortened, and a person with consents cannot be erased under them', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    const consent = await activeConsent(store, store.consents.identify(A, person()));
    const intended = intention(consent.applicant, { consent });
    await store.disclosures.intend(intended);
    await store.disclosures.settle(intended, settlement());
    const [unsettled, failed] = [intention(consent.applicant), intention(consent.applicant)];
    for (const each of [unsettled, failed]) await store.disclosures.intend(each);
    await store.disclosures.settle(failed, settlement({ outcome: 'FAILED', payload: null }));
    for (const statement of [
      "UPDATE disclosures SET caller = 'nobody'",
      'DELETE FROM disclosures',
      "UPDATE settlements SET outcome = 'REFUSED'",
      'DELETE FROM settlements',
    ]) {
      expect(() => sql(file, statement)).toThrow('append-only');
    }
    // Nor can a record be hidden from those who look for its outcome.
    for (const statement of [
      "UPDATE undelivered SET outcome = 'REFUSED'",
      "DELETE FROM undelivered WHERE outcome = 'UNSETTLED'",
      "DELETE FROM undelivered WHERE outcome = 'FAILED'",
    ]) {
      expect(() => sql(file, statement)).toThrow('follows the log');
    }
    expect(() => sql(file, 'DELETE FROM applicants')).toThrow('FOREIGN KEY constraint failed');
  });
});
