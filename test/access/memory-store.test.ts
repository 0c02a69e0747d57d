import { consentStoreContract } from '../contracts/consent-store.ts';
import { disclosureLogContract } from '../contracts/disclosure-log.ts';
import { openMemoryStore } from '../support/memory-store.ts';

consentStoreContract('the store of the tests', async (clock) => openMemoryStore(clock));
disclosureLogContract('the store of the tests', async (clock) => openMemoryStore(clock));
