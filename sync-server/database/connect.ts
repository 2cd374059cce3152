import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import mongoose, { type Connection } from 'mongoose';
import { type Embedded, startEmbedded } from './embedded/host.ts';
import { type EngineLinks, type RunCommand, createEngineLinks } from './engine-links.ts';
import { type OnProgress, migrateToFormat2 } from './migration.ts';
import { accountIndexes, defineModels } from './models.ts';
import { withinTime } from './within-time.ts';

/** The format that this version writes. A database with a higher number is refused and not changed. */
export const FORMAT = 2;
const DEFAULT_NAME = 'teamlink';
const namesDatabase = /^mongodb(\+srv)?:\/\/[^/]+\/[^?]/;
const ANSWER_MS = 4_000;

export interface OpenOptions {
  /** If absent, the embedded engine over `dataDir` is used. If it names no database, `teamlink` is used. */
  uri?: string;
  dataDir: string;
  /** The built worker of the embedded engine; without it the engine shares this thread. */
  workerUrl?: URL;
  /** For tests only: `none` doesn't wait for the disk. */
  durability?: 'flush' | 'none';
  /** Called with a line for the operator about a migration. */
  onProgress?: OnProgress;
}

interface Meta {
  _id: 'database';
  epoch: string;
  format: number;
  /** Set while a migration runs, and after one was killed. */
  migratingFrom?: number;
}

export interface Database {
  connection: Connection;
  /** Identifies this incarnation of the database. A restore starts a new one. */
  epoch: string;
  /** Other servers may use it too, because its address may have been given to several. */
  isShared: boolean;
  /** Runs one command in the shortest way, without the driver's other work for a command. */
  run: RunCommand;
  /** Whether it answers now. [HT4] */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

/** Why the server cannot start, in one sentence for the operator. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
}

/** Opens the database and asserts what the server relies on: write concern, unique indexes, a format that it knows. [REL-19] */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  let embedded: Embedded | undefined;
  let connection: Connection | undefined;
  let links: EngineLinks | undefined;
  const close = async () => {
    // The driver may wait forever for a connection whose other end has just died.
    if (connection !== undefined) await withinTime(connection.close(), ANSWER_MS, () => undefined);
    links?.close();
    await embedded?.close();
  };
  try {
    if (options.uri === undefined) {
      embedded = await startEmbedded({
        dataDir: options.dataDir,
        ...(options.workerUrl === undefined ? {} : { workerUrl: options.workerUrl }),
        ...(options.durability === undefined ? {} : { durability: options.durability }),
      });
    } else refuseWeakUri(options.uri);
    const uri = options.uri ?? (embedded as Embedded).uri;
    connection = await connect(uri);
    const epoch = await openFormat(connection, options.onProgress ?? (() => undefined));
    const open = connection;
    if (embedded !== undefined) links = createEngineLinks(embedded.uri, open.name);
    const run = links?.run ?? ((command) => open.getClient().db(open.name).command(command));
    return { connection, epoch, isShared: options.uri !== undefined, run, ready: () => answers(open), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(uri: string): Promise<Connection> {
  const connection = mongoose.createConnection(uri, {
    ...(namesDatabase.test(uri) ? {} : { dbName: DEFAULT_NAME }),
    // What is acknowledged survives a power loss, and decisions read only what was acknowledged. [AP1]
    writeConcern: { w: 'majority', journal: true },
    readConcernLevel: 'majority',
    readPreference: 'primary',
    autoIndex: false,
    autoCreate: false,
    sanitizeFilter: true,
    // A call fails while there is no connection, instead of waiting in mongoose's own unbounded queue.
    bufferCommands: false,
    serverSelectionTimeoutMS: ANSWER_MS,
    waitQueueTimeoutMS: ANSWER_MS,
    connectTimeoutMS: ANSWER_MS,
    socketTimeoutMS: 60_000,
    maxPoolSize: 20,
  });
  // Without a listener a lost connection would end the process. The next call is answered with `unavailable`.
  connection.on('error', () => undefined);
  try {
    return await connection.asPromise();
  } catch (error) {
    throw new DatabaseRefused(`the database at ${hostOf(uri)} does not answer: ${reason(error)}`, { cause: error });
  }
}

/** The connection would silently override these options, and the operator should know that. */
function refuseWeakUri(uri: string): void {
  const query = new URLSearchParams(uri.slice(uri.indexOf('?') + 1 || uri.length).toLowerCase());
  const w = query.get('w');
  if (w !== null && w !== 'majority')
    throw new DatabaseRefused(
      `the database address asks for w=${w}, but messages are acknowledged only with w=majority`,
    );
  if (query.get('journal') === 'false' || query.get('j') === 'false')
    throw new DatabaseRefused('the database address switches the journal off, which acknowledged messages need');
}

async function createIndexes(connection: Connection): Promise<void> {
  try {
    for (const { schema, collection } of Object.values(defineModels(connection)))
      for (const [key, options] of schema.indexes())
        await collection.createIndex(key as Record<string, 1>, options as { name: string }, {});
    for (const { collection, key, options } of accountIndexes)
      await connection.collection(collection).createIndex(key, options, {});
  } catch (error) {
    throw new DatabaseRefused(`an index that the server relies on cannot be made: ${reason(error)}`, { cause: error });
  }
}

/** The epoch and the format of the database, created if there are none. A newer format is refused before anything is written. */
async function openFormat(connection: Connection, onProgress: OnProgress): Promise<string> {
  const meta = defineModels(connection).Meta.collection as unknown as Collection<Meta>;
  await meta.updateOne(
    { _id: 'database' },
    { $setOnInsert: { epoch: randomUUID(), format: FORMAT } },
    { upsert: true },
  );
  const { epoch, format, migratingFrom } = (await meta.findOne({ _id: 'database' })) ?? {};
  if (typeof epoch !== 'string' || typeof format !== 'number')
    throw new DatabaseRefused('the database does not state its format: does it belong to another program?');
  if (format > FORMAT)
    throw new DatabaseRefused(
      `the database has format ${format}, and this version knows ${FORMAT}: run the newer version`,
    );
  const isOld = format < FORMAT || migratingFrom !== undefined;
  if (isOld) await migrateToFormat2(connection, onProgress);
  await createIndexes(connection);
  if (isOld) await meta.updateOne({ _id: 'database' }, { $unset: { migratingFrom: 1 } });
  return epoch;
}

async function answers(connection: Connection): Promise<boolean> {
  if (connection.db === undefined) return false;
  const asked = connection.db.command({ ping: 1 }).then(
    () => true,
    () => false,
  );
  return withinTime(asked, ANSWER_MS, () => false);
}

/** Without the user and the password that an address may hold. */
function hostOf(uri: string): string {
  return uri
    .replace(/^[^:]*:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/[/?].*$/, '');
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
