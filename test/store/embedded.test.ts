import { openEmbeddedStore } from '../../src/store/embedded.ts';
import { newKeyFile, parseKeyFile } from '../../src/store/keys.ts';
import { consentStoreContract } from '../contracts/consent-store.ts';
import { disclosureLogContract } from '../contracts/disclosure-log.ts';
import type { OpenStore } from '../contracts/remembered.ts';
import { freshFile } from './support.ts';

const open: OpenStore = (clock) =>
  openEmbeddedStore({
    file: freshFile(),
    keys: parseKeyFile(newKeyFile()),
    clock,
  });

consentStoreContract('the embedded store', open);
disclosureLogContract('the embedded store', open);
