import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from './support/world.ts';
import { numberOf, openWorld } from './support/world.ts';

const PLANTED = numberOf('P04');

describe('what cannot be read as a request', () => {
  let world: World;
  let port: number;
  beforeAll(async () => {
    world = await openWorld();
    port = Number(new URL(await world.gateway.listen()).port);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each([
    [
      'headers that are too large',
      `POST /graphql HTTP/1.1\r\nx: ${PLANTED.repeat(2_000)}\r\n\r\n`,
      431,
      'LIMIT_EXCEEDED',
    ],
    ['no HTTP', `${PLANTED}\r\n\r\n`, 400, 'INVALID_INPUT'],
    [
      'two lengths',
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: ${PLANTED}\r\n\r\n`,
      400,
      'INVALID_INPUT',
    ],
  ])(
    '%s is refused with a code and a call id, repeats nothing, and closes the connection',
    async (_, sent, status, code) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(sent);
      const answer = await text(socket);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).toContain('cache-control: no-store');
      expect(JSON.parse(body)).toEqual({
        errors: [
          {
            message: expect.stringMatching(/\.$/),
            extensions: { code, retry: 'never', callId: /x-request-id: (\S+)/.exec(head)?.[1] },
          },
        ],
      });
      expect(answer).not.toContain(PLANTED);
      expect(world.log()).not.toContain(PLANTED);
    },
  );
});
