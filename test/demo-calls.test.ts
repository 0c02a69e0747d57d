import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openJournal } from '../src/demo-calls.ts';
import type { RunningSandbox } from '../src/sandbox/server.ts';
import { startSandbox } from '../src/sandbox/server.ts';

let running: RunningSandbox;
beforeAll(async () => {
  running = await startSandbox({ port: 0, onDefect: (error) => expect.fail(String(error)) });
});
afterAll(() => running[Symbol.asyncDispose]());

// A token that is none is refused, which is a call like any other.
const askAap = () => fetch(`${running.origins.aap}/api/v1/aap/vedtak`);
const askUfore = () => fetch(`${running.origins.uforeopplysninger}/dsop-ufo/uforeopplysninger`);

function opened(signal = new AbortController().signal): Promise<() => Promise<string[]>> {
  const journal = openJournal(running.origins.control, signal);
  // What earlier tests have done is no part of it.
  return journal().then(() => journal);
}

it('of two reads side by side the same is told, whichever came first', async () => {
  const journal = await opened();
  await askAap();
  await askUfore();
  const told = await journal();
  await askUfore();
  await askAap();
  expect(told).toEqual([
    '   gateway 401 GET  aap/api/v1/aap/vedtak',
    '   gateway 401 GET  uforeopplysninger/dsop-ufo/uforeopplysninger',
  ]);
  expect(await journal()).toEqual(told);
});

it('a call that is open is told once it is answered', async () => {
  const { faults } = running.sandbox;
  const journal = await opened();
  const { answer } = await lingering();
  const telling = journal();
  await fetch(`${running.origins.control}/journal`);
  faults.clear();
  expect((await answer).status).toBe(401);
  expect(await telling).toEqual(['   gateway 401 GET  aap/api/v1/aap/vedtak']);
});

it('whoever has heard enough waits for no call', async () => {
  const stopping = new AbortController();
  const journal = await opened(stopping.signal);
  const { answer } = await lingering();
  const telling = journal();
  stopping.abort();
  await expect(telling).rejects.toThrow(/aborted/);
  running.sandbox.faults.clear();
  await answer;
});

/** A call that has arrived, and is answered when the faults are cleared. */
async function lingering(): Promise<{ readonly answer: Promise<Response> }> {
  const { faults, journal } = running.sandbox;
  faults.add({ upstream: 'aap', kind: 'latency', ms: 600_000 });
  const answer = askAap();
  await vi.waitFor(() => expect(journal.entries('aap').at(-1)).toMatchObject({ status: null }), 30_000);
  return { answer };
}
