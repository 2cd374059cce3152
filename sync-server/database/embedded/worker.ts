import { parentPort, workerData } from 'node:worker_threads';
import { collectWhenQuiet } from '#server/collect-when-quiet.ts';
import { type EngineOptions, runEngine } from './engine.ts';
import { DataFolderError } from './errors.ts';

// The engine in a thread of the server's process, so that a long scan never blocks the sockets.
const port = parentPort;
if (port === null) throw new Error('this file is a worker');
// lmdb prints each commit that fails, with its stack. The store reports the failure to the caller, and to the operator once.
// oxlint-disable-next-line no-console
console.error = () => undefined;
try {
  const running = await runEngine(workerData as EngineOptions);
  port.once('message', () => {
    void running.close().then(() => {
      port.postMessage({ kind: 'closed' });
      port.close();
    });
  });
  port.postMessage({ kind: 'ready', uri: running.uri });
  collectWhenQuiet();
} catch (error) {
  const reason = error instanceof DataFolderError ? error.reason : null;
  port.postMessage({ kind: 'failed', reason, message: error instanceof Error ? error.message : String(error) });
}
