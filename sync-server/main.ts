import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectWhenQuiet } from './collect-when-quiet.ts';
import { type Config, readConfig } from './config.ts';
import { DatabaseRefused } from './database/connect.ts';
import { DataFolderError } from './database/embedded/errors.ts';
import { BusRefused } from './live/redis-bus.ts';
import { probeAddress } from './http/open-http.ts';
import { build } from './server.ts';

// The process: reads the environment, starts the server, and ends by signals.
const CLOSED_WITHIN_MS = 9_000;
refuseArguments(process.argv.slice(2));
let isEnding = false;
// Registered before the start, so that a signal during it closes what has been started. [REL-05]
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
const starting = start();
await starting;
collectWhenQuiet();

async function start() {
  const read = readConfig(process.env);
  if (!read.ok) return fail(read.problem);
  const { config } = read;
  const appDir = fileURLToPath(new URL('../app', import.meta.url));
  const workerUrl = new URL('./worker.js', import.meta.url);
  try {
    await probeAddress(config);
    const server = await build({
      config,
      ...(existsSync(appDir) ? { appDir } : {}),
      ...(existsSync(workerUrl) ? { workerUrl } : {}),
    });
    try {
      print(addressLines(config, await server.listen()));
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  } catch (error) {
    return fail(reasonOf(error, config));
  }
}

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  // If something hangs here, it must not block the operator's restart.
  setTimeout(() => process.exit(1), CLOSED_WITHIN_MS).unref();
  const server = await starting;
  await server.close();
  process.exit(0);
}

function addressLines(config: Config, port: number): string {
  const local = `${config.tls === undefined ? 'http' : 'https'}://${isIPv6(config.host ?? '') ? `[${config.host}]` : (config.host ?? 'localhost')}:${port}`;
  const folder = relative(process.cwd(), config.dataDir);
  const data = folder.startsWith('..') || folder === '' ? config.dataDir : `./${folder}`;
  const database = config.mongodbUri === undefined ? `${data} (embedded database)` : `MongoDB; secrets in ${data}`;
  return `TeamLink is at ${config.publicOrigin ?? local}\nIts data is in ${database}`;
}

/** One clear line for a problem that an operator can fix, and the whole error for any other. */
function reasonOf(error: unknown, { port, host }: Config): string {
  if (error instanceof DatabaseRefused || error instanceof DataFolderError || error instanceof BusRefused)
    return sentence(error.message);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${port} is in use by another program; set PORT to another one.`;
  if (code === 'EACCES' && port < 1024)
    return `Port ${port} needs privileges that this process lacks; set PORT to another one.`;
  if (isOutOfFiles(error))
    return 'This process may open too few files: raise its limit to 1024 or more (`ulimit -n`, or LimitNOFILE= of a systemd unit).';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `HOST ${host ?? ''} is not an address of this machine.`;
  if (typeof code === 'string' && /^ERR_(?:OSSL|SSL|TLS)/.test(code))
    return `TLS_CERT and TLS_KEY must name a certificate and its key in PEM form (${code}).`;
  if (error instanceof Error && ('path' in error || 'code' in error)) return sentence(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** An error that comes from another thread has lost its code. */
function isOutOfFiles(error: unknown): boolean {
  return (
    error instanceof Error &&
    /\b(?:EMFILE|ENFILE)\b/.test(`${'code' in error ? String(error.code) : ''} ${error.message}`)
  );
}

function sentence(text: string): string {
  const plain = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
}

/** Somebody who asks how to start the server does not expect it to start. */
function refuseArguments([first]: readonly string[]): void {
  if (first === undefined) return;
  const usage =
    'usage: npm start, without arguments. The settings are environment variables such as PORT and DATA_DIR; the README lists them.';
  if (first === '--help' || first === '-h') {
    print(usage);
    process.exit(0);
  }
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
