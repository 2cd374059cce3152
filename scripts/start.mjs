// `npm start` and `npm run database`: set up what is missing, then become the server or the embedded database alone, in this
// process, so that it receives their signals itself.
import { readFileSync } from 'node:fs';
import { setUpOrExit } from './setup.mjs';

/** The server starts with fewer, and fails once people connect. */
const FEW_FILES = 512;

endWithNpm();
await setUpOrExit();
if (openFilesLimit() < FEW_FILES) {
  process.stderr.write(
    'This process may open too few files: raise its limit to 1024 or more (`ulimit -n`, or LimitNOFILE= of a systemd unit).\n',
  );
  process.exit(1);
}
const isDatabase = process.argv[2] === 'database';
if (isDatabase) process.argv.splice(2, 1);
await import(new URL(`../dist/server/${isDatabase ? 'database' : 'main'}.js`, import.meta.url).href);

function openFilesLimit() {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** npm hands a SIGTERM to the shell that runs its script, and the shell ends without handing it on. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
}
