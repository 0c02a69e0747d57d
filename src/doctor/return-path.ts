import type { Config } from '../config.ts';
import type { Bench } from './bench.ts';
import { NAV, OPERATOR } from './contacts.ts';
import type { Rung, Verdict } from './findings.ts';

const HEALTH = '/health';
const SETTLED = 'Altinn 3 takes any address to send people back to; nothing is registered for it.';

/** Looks whether people who come back from Altinn find the gateway: its public address, as seen from this machine. */
export function examineReturnPath(bench: Bench): Promise<Rung> {
  const { publicUrl } = bench.config.server;
  return bench.examine({ rung: 'returnPath' }, async () => {
    if (publicUrl === undefined) {
      return { state: 'ok', seen: `${SETTLED} In the sandbox it is the address that the gateway listens on.` };
    }
    return (await isHealthy(publicUrl, bench))
      ? { state: 'ok', seen: `${SETTLED} The gateway answers at ${publicUrl}.` }
      : {
          state: 'warning',
          seen: `${SETTLED} But nothing answers as the gateway at ${publicUrl}${HEALTH}, as seen from this machine.`,
          todo: 'Start the gateway, and check `server.publicUrl`, name server and load balancer. Seen from outside it may be in order: try the address in a browser.',
          ask: [OPERATOR],
        };
  });
}

async function isHealthy(publicUrl: string, { transport, config }: Bench): Promise<boolean> {
  try {
    const { status } = await transport({
      method: 'GET',
      url: `${publicUrl}${HEALTH}`,
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(config.deadlines.altinn),
      maxBytes: config.maxAnswerBytes,
    });
    return status === 200;
  } catch {
    // Why nothing answers is not told apart: all of it is looked into in the same places.
    return false;
  }
}

/** The return address at Altinn 2 is registered by NAV, and no interface tells whether. */
export function altinn2ReturnPath(
  { profile, server }: Config,
  { organisationNumber }: Config['dataConsumers'][number],
): Verdict {
  if (profile === 'sandbox')
    return { state: 'ok', seen: 'The sandbox’s Altinn 2 sends people back to any address on this machine.' };
  const where = server.publicUrl === undefined ? 'of the gateway' : `\`${new URL(server.publicUrl).origin}\``;
  return {
    state: 'ask',
    seen: 'Altinn 2 sends people back only to an address that NAV has registered, and does not tell which are.',
    todo: `Ask whether organisation ${organisationNumber} is registered for the consent service with the return address ${where}. Without that, requests for consent are refused.`,
    ask: [NAV],
  };
}
