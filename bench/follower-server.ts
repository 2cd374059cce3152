import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readConfig } from '#server/config.ts';
import { build } from '#server/server.ts';

/*
 * The server with one consumer that does nothing, to measure the cost of following against a server without consumers.
 * `npm run bench bench/durable-acks.ts -- --server none=dist --server follower=bench/follower-server.ts`
 */
const read = readConfig(process.env);
if (!read.ok) throw new Error(read.problem);
const server = await build({
  config: read.config,
  workerUrl: pathToFileURL(resolve(join('dist', 'server', 'worker.js'))),
  consumers: [{ name: 'idle', from: 'now', handle: () => Promise.resolve() }],
});
process.stdout.write(`http://localhost:${await server.listen()}\n`);
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
