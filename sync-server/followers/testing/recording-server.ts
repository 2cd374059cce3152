import { appendFileSync } from 'node:fs';
import { readConfig } from '#server/config.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { build } from '#server/server.ts';

/*
 * A server to be killed: its two consumers write what they are given to RECORDS/<name>, a line per entry. The second one fails
 * now and then, after it has written or before.
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
