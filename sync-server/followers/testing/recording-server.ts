import { appendFileSync } from 'node:fs';
import { readConfig } from '#server/config.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { build } from '#server/server.ts';

/*
 * A server for a test to kill. Each of its two consumers writes what it gets to RECORDS/<name>, one line per entry. The second
 * one sometimes fails, before or after it has written.
 */
const folder = process.env['RECORDS'] ?? '';

function recorder(name: string, failure: () => 'before' | 'after' | undefined): Consumer {
  return {
    name,
    from: 'now',
    async handle(stream, entries) {
      const fails = failure();
      if (fails === 'before') throw new Error('before');
      // One write, which survives the process.
      appendFileSync(`${folder}/${name}`, entries.map(({ rev }) => `${stream} ${rev}\n`).join(''));
      if (fails === 'after') throw new Error('after');
    },
  };
}

const read = readConfig(process.env);
if (!read.ok) throw new Error(read.problem);
const server = await build({
  config: read.config,
  consumers: [
    recorder('steady', () => undefined),
    recorder('stumbling', () => (Math.random() < 0.1 ? (Math.random() < 0.5 ? 'before' : 'after') : undefined)),
  ],
});
process.stdout.write(`TeamLink is at http://127.0.0.1:${await server.listen()}\n`);
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
