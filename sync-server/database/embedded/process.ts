import { parseArgs } from 'node:util';
import { collectWhenQuiet } from '#server/collect-when-quiet.ts';
import { runEngine } from './engine.ts';

// The engine as a separate process, for several servers over one database, and so that the database can be stopped alone.
const { values } = parseArgs({ options: { data: { type: 'string' }, socket: { type: 'string' } } });
// Drivers recognize a socket's path by its suffix.
if (values.data === undefined || values.socket === undefined || !values.socket.endsWith('.sock')) {
  process.stderr.write('usage: database --data DIR --socket PATH.sock\n');
  process.exit(2);
}
try {
  const running = await runEngine({ dataDir: values.data, socketPath: values.socket, durability: 'flush' });
  process.stdout.write(`ready ${running.uri}\n`);
  collectWhenQuiet();
  let isClosing = false;
  const end = () => {
    if (isClosing) return;
    isClosing = true;
    void running.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
