// `npm run dev`: serves the app with hot reload, and builds and restarts the server whenever one of its sources changes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createListener } from 'node:net';
import { join } from 'node:path';
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
const { build, createServer } = await import('vite');
const { root, serverBuild } = await import('./build.mjs');

const port = Number(process.env['PORT'] ?? 3000);
const serverPort = await freePort();
const outDir = join(root, '.cache', 'dev-server');
/** @type {import('node:child_process').ChildProcess | undefined} */
let server;

const settings = serverBuild(outDir);
const watcher = await build({ ...settings, build: { ...settings.build, watch: {} } });
if (!('on' in watcher)) throw new Error('the build does not watch');
watcher.on('event', (event) => {
  if (event.code === 'ERROR') process.stderr.write(`${event.error.message}\n`);
  if (event.code === 'BUNDLE_END') {
    void event.result.close();
    restarting = restarting.then(restartServer);
  }
});
let restarting = Promise.resolve();

const target = `http://127.0.0.1:${serverPort}`;
const app = await createServer({
  configFile: join(root, 'vite.config.ts'),
  server: {
    port,
    strictPort: true,
    ...(process.env['HOST'] === undefined ? {} : { host: process.env['HOST'] }),
    proxy: { '/api': target, '/socket.io': { target, ws: true }, '/healthz': target, '/readyz': target },
  },
});
await app.listen();
app.printUrls();

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(
    signal,
    () => void Promise.all([app.close(), watcher.close(), stopServer()]).then(() => process.exit(0)),
  );
}

async function restartServer() {
  await stopServer();
  const env = { ...process.env, PORT: String(serverPort), HOST: '127.0.0.1' };
  server = spawn(process.execPath, ['--enable-source-maps', join(outDir, 'main.js')], { stdio: 'inherit', env });
}

/** Waits until it has ended, because the next one needs its port and its data folder. */
async function stopServer() {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

async function freePort() {
  const listener = createListener().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address());
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
