import { Double, Int32 } from 'bson';
import { IN_BACKGROUND } from './background.ts';
import { administration } from './administration.ts';
import type { Command, Commands, Engine } from './command.ts';
import { refuseUnknown, textOption } from './options.ts';
import { cursorCommands } from './cursor-commands.ts';
import type { Cursors } from './cursors.ts';
import { CommandError, failure } from './errors.ts';
import { reading } from './reading.ts';
import { type Doc, isDoc } from './doc.ts';
import { isNumber, toNumber } from './value-types.ts';
import { MAX_DOCUMENT_BYTES, type Handler, MAX_MESSAGE_BYTES, type Reply } from './wire.ts';
import { writing } from './writing.ts';

/** Options that a driver may add to any command. */
const commonOptions = ['$db', 'lsid', 'comment', 'readConcern', 'writeConcern', '$readPreference'];

/** The handler for all connections of an engine. Never throws, because every failure is a reply. */
export function createHandler(engine: Engine): Handler {
  const cursors: Cursors = new Map();
  const inBackground: Engine = { ...engine, store: { ...engine.store, write: engine.store.writeInBackground } };
  return async (request) => {
    const [name = ''] = Object.keys(request.body);
    try {
      const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
      if (found === undefined) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
      if (request.body['txnNumber'] !== undefined)
        throw new CommandError(
          'IllegalOperation',
          'Transaction numbers are only allowed on a replica set member or mongos',
        );
      if (found.options !== null)
        refuseUnknown(
          [...Object.keys(request.body), ...request.sequences.keys()],
          [name, ...found.options, ...commonOptions],
          name,
        );
      checkConcerns(request.body);
      const by = request.body['comment'] === IN_BACKGROUND ? inBackground : engine;
      const reply = await found.run(by, request, textOption(request.body['$db'] ?? 'admin', '$db'), cursors);
      return { ...reply, body: { ...reply.body, ok: new Double(1) } };
    } catch (error) {
      return { body: { ok: new Double(0), ...failure(error) } };
    }
  };
}

/** A write is flushed before its answer and readable at once, so every concern of a standalone is met; others are refused. */
function checkConcerns(body: Doc): void {
  const [write, read] = [body['writeConcern'], body['readConcern']];
  if (isDoc(write)) {
    refuseUnknown(write, ['w', 'j', 'fsync', 'wtimeout', 'wtimeoutMS'], 'writeConcern');
    const { w = 1 } = write;
    if (isNumber(w) ? toNumber(w) > 1 : w !== 'majority')
      throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
  }
  if (isDoc(read)) {
    refuseUnknown(read, ['level', 'afterClusterTime'], 'readConcern');
    const { level = 'local' } = read;
    if (typeof level !== 'string' || !['local', 'available', 'majority'].includes(level))
      throw new CommandError(
        'NotAReplicaSet',
        `node needs to be a replica set member to use read concern ${String(level)}`,
      );
  }
}

const hello: Command = () => ({
  body: {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
    maxMessageSizeBytes: new Int32(MAX_MESSAGE_BYTES),
    maxWriteBatchSize: new Int32(100_000),
    localTime: new Date(),
    logicalSessionTimeoutMinutes: new Int32(30),
    connectionId: new Int32(1),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(21),
    readOnly: false,
  },
});

const handshake: Commands = {
  hello: { run: hello, options: null },
  ismaster: { run: hello, options: null },
  isMaster: { run: hello, options: null },
  ping: { run: ping, options: [] },
  endSessions: { run: () => ({ body: {} }), options: [] },
  buildInfo: {
    run: () => ({
      body: {
        version: '7.0.0',
        versionArray: [7, 0, 0, 0].map((part) => new Int32(part)),
        modules: [],
        bits: new Int32(64),
        maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
      },
    }),
    options: [],
  },
};

export const commands: Commands = { ...handshake, ...reading, ...writing, ...cursorCommands, ...administration };

/** A caller that asks whether the database is ready wants to store something, and a full disk stores nothing. */
function ping({ space }: Engine): Reply {
  if (space.isFull()) throw new CommandError('OutOfDiskSpace', 'the disk is full');
  return { body: {} };
}
