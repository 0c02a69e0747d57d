import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { namedDataConsumer } from './config-data-consumer.ts';
import type { ImportOptions, ImportSurroundings } from './import-consents.ts';
import { importConsents } from './import-consents.ts';
import { createLog } from './log.ts';
import { openExaminedSandbox } from './standalone-examined.ts';

/**
 * Shows an import to whoever has no list yet: a sandbox of its own, with the list of one of its insurers, which is shown first.
 *
 * @param given the insurer is the sandbox's first, purpose and return address one of its own, when left out
 * @throws Error, one sentence, when it was told what it cannot do
 */
export async function importInSandbox(
  given: Partial<ImportOptions>,
  { output, messages }: Pick<ImportSurroundings, 'output' | 'messages'>,
): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'samtykkeporten-import-'));
  const onDefect = (error: unknown) => {
    throw error;
  };
  try {
    await using sandbox = await openExaminedSandbox({ dataDirectory, log: createLog('silent'), onDefect });
    const { clock, config } = sandbox;
    const [first] = config.dataConsumers;
    const whose = namedDataConsumer(config, given.dataConsumer ?? first?.organisationNumber ?? '');
    const dataConsumer = whose.organisationNumber;
    const purpose = given.purpose ?? whose.purposes.at(-1);
    const returnUrl = given.returnUrl ?? whose.returnUrls[0];
    const codes = await sandbox.codesOf(dataConsumer);
    messages.write(
      `No configuration was named (--config FILE): a sandbox of its own, with the list of ${dataConsumer}:\n\n${codes}\n`,
    );
    await importConsents(
      { ...config, log: { level: 'error' } },
      {
        ...given,
        dataConsumer,
        ...(purpose === undefined ? {} : { purpose }),
        ...(returnUrl === undefined ? {} : { returnUrl }),
      },
      {
        input: Readable.from([codes]),
        inputBytes: null,
        output,
        messages,
        clock,
        signal: new AbortController().signal,
      },
    );
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}
