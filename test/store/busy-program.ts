// A gateway at work, to be killed: many disclosures at once, each acknowledgement printed when it is durable.
import { readFileSync } from 'node:fs';
import { stillClock } from '../../src/clock.ts';
import { openEmbeddedStore } from '../../src/store/embedded.ts';
import { parseKeyFile } from '../../src/store/keys.ts';
import { A, intention, person, START, settlement } from '../contracts/remembered.ts';

const [, , file = '', keyFile = ''] = process.argv;
const keys = parseKeyFile(readFileSync(keyFile, 'utf8'));
const store = await openEmbeddedStore({ file, keys, clock: stillClock(START) });

async function work(who: number): Promise<never> {
  for (;;) {
    const intended = intention(store.consents.identify(A, person(who % 12)));
    await store.disclosures.intend(intended);
    process.stdout.write(`intended ${intended.id}\n`);
    await store.disclosures.settle(
      intended,
      settlement({ outcome: 'FAILED', errorCode: 'NAV_UNAVAILABLE', payload: null }),
    );
    process.stdout.write(`settled ${intended.id}\n`);
  }
}

// One read that NAV never answers.
const hanging = intention(store.consents.identify(A, person()));
await store.disclosures.intend(hanging);
process.stdout.write(`hanging ${hanging.id}\n`);

await Promise.all(Array.from({ length: 50 }, (_, who) => work(who)));
