import { Writable } from 'node:stream';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { loggerOptions, safeError } from './logging.ts';

describe('the log', () => {
  async function logged(facts: object): Promise<Record<string, unknown>> {
    let line = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        line += String(chunk);
        done();
      },
    });
    const options = loggerOptions('info');
    const app = fastify({ logger: { ...(options as object), stream } });
    app.log.error(facts, 'a fixed sentence');
    await app.close();
    return JSON.parse(line.split('\n')[0] ?? '') as Record<string, unknown>;
  }

  it('[SEC-52] holds an error’s type, code and place, and not its message', async () => {
    const error = Object.assign(new TypeError('ann@example.org wrote: secret'), { code: 'E_CODE' });
    for (const facts of [{ error: safeError(error) }, { error }, { err: error }]) {
      const line = await logged(facts);
      expect(line['error'] ?? line['err']).toEqual({
        type: 'TypeError',
        code: 'E_CODE',
        at: expect.arrayContaining([expect.stringContaining('logging.test.ts')]) as string[],
      });
      expect(JSON.stringify(line)).not.toMatch(/ann@|secret/);
    }
  });

  it('[SEC-52] holds only the type of a thrown value that is not an error', async () => {
    for (const thrown of ['secret', { text: 'secret' }, { type: 'secret', at: ['secret'] }, null])
      expect((await logged({ error: thrown }))['error']).toEqual({ type: typeof thrown, at: [] });
  });
});
