import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import compress from '@fastify/compress';
import { Server } from 'socket.io';
import { limits } from '#protocol/limits.ts';
import { SOCKET_PATH } from '#protocol/version.ts';
import { createAccounts } from './auth/accounts.ts';
import { createLastSeen } from './auth/last-seen.ts';
import { createLimiter } from './auth/rate-limiter.ts';
import { authSecret } from './auth/secret.ts';
import { createUsers } from './auth/users.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/connect.ts';
import { registerAccountRoutes } from './http/account-routes.ts';
import { registerAppFiles } from './http/app-files.ts';
import { registerHealthRoutes } from './http/health-routes.ts';
import { closeHttp, listen, openHttp } from './http/open-http.ts';
import { isOwnOrigin } from './http/origin.ts';
import { registerPageSecurity } from './http/page-security.ts';
import { registerPeopleRoutes } from './http/people-routes.ts';
import { addressOf, trustOf } from './http/proxies.ts';
import { registerSyncRoutes } from './http/sync-routes.ts';
import { createConnection } from './live/connection.ts';
import { gatherWrites } from './live/gathered-writes.ts';
import { createHandShake } from './live/hand-shake.ts';
import { startHeads } from './live/heads.ts';
import { openLive } from './live/open-live.ts';
import { type LiveServer, closeSockets, createOpenSockets } from './live/open-sockets.ts';
import { noPeers } from './live/server-bus.ts';
import { openRedisPeers } from './live/redis-bus.ts';
import { startSessionWatch } from './live/session-watch.ts';
import { startSlowReaderWatch } from './live/slow-consumers.ts';
import { textParser } from './live/text-parser.ts';
import { createWaitingRoom } from './live/pending-connections.ts';
import { safeError } from './logging.ts';
import { createAnswerVerb } from './streams/answer-verb.ts';
import { createStreams } from './streams/create-streams.ts';
import { createMongoEntryStore } from './streams/mongo-entry-store.ts';

export interface ServerOptions {
  config: Config;
  /** The built app; absent: only the API. */
  appDir?: string;
  /** The built worker of the embedded database; absent: it shares this thread. */
  workerUrl?: URL;
}

export interface TeamLinkServer {
  /** Starts to serve; resolves to the port. */
  listen(): Promise<number>;
  /** Answers what is under way, then ends everything. A second call joins the first. [REL-05] */
  close(): Promise<void>;
}

/** Verbs of one person, over all his sockets and HTTP: far above what a busy device needs. A push holds up to 100 ops. */
const CALLS = { windowMs: 10_000, max: 3_000 };

/** Puts the parts together. Throws DatabaseRefused or DataFolderError where the database can't be used. */
export async function build({ config, appDir, workerUrl }: ServerOptions): Promise<TeamLinkServer> {
  const now = () => Date.now();
  const trust = trustOf(config.trustProxy);
  const limiter = config.rateLimit ? createLimiter(now) : undefined;
  const app = openHttp(config, trust, limiter);
  const { log } = app;
  const isSecure = config.tls !== undefined || (config.publicOrigin?.startsWith('https:') ?? false);
  const onDefect = (error: unknown) => log.error({ error: safeError(error) }, 'a defect');
  let isClosing = false;

  const secret = await authSecret(config.dataDir, config.authSecret);
  const database = await openDatabase({
    dataDir: join(config.dataDir, 'database'),
    ...(config.mongodbUri === undefined ? {} : { uri: config.mongodbUri }),
    ...(workerUrl === undefined ? {} : { workerUrl }),
  });
  const waitingRoom = createWaitingRoom((request) => addressOf(request, trust));
  app.server.on('upgrade', (_request, connection: Duplex) => gatherWrites(connection));
  const io: LiveServer = new Server(app.server, {
    path: SOCKET_PATH,
    serveClient: false,
    maxHttpBufferSize: limits.packet,
    parser: textParser,
    // Whoever opens a connection and doesn't say who he is loses it. [SEC-43]
    connectTimeout: 10_000,
    pingInterval: 20_000,
    pingTimeout: 20_000,
    allowRequest: (request, done) => {
      const { origin, host } = request.headers;
      done(null, isOwnOrigin(origin, host, config.publicOrigin) && waitingRoom.hasRoom(addressOf(request, trust)));
    },
  });
  io.engine.on('connection', waitingRoom.enter);
  const sockets = createOpenSockets();
  const peers = await openPeers();
  const lastSeen = createLastSeen(database.connection);
  const { isShared } = database;
  const live = openLive({ io, sockets, streams: () => streams, peers, lastSeen, isShared, now, log, onDefect });
  const accounts = await createAccounts({
    connection: database.connection,
    secret,
    publicOrigin: config.publicOrigin,
    isSecure,
    directory: config.directory,
    rateLimit: config.rateLimit,
    now,
    log,
    events: {
      sessionsEnded: (ids, reason) => live.endSessions(ids, reason),
      profileChanged: (userId) => {
        streams.profileChanged(userId).catch((error: unknown) => {
          log.error({ error: safeError(error) }, 'a changed profile did not reach every conversation');
        });
      },
    },
  });
  const streams = await createStreams({
    store: createMongoEntryStore(database),
    people: createUsers(database.connection),
    announce: live.announce,
    now,
    onDefect,
  });
  const answerVerb = createAnswerVerb({
    streams,
    takeCall: (userId) => limiter?.take(`verbs ${userId}`, CALLS) ?? 0,
    onDefect,
  });

  const shakeHands = createHandShake({
    accounts,
    sockets,
    limiter,
    log,
    addressOf: (request) => addressOf(request, trust),
    isClosing: () => isClosing,
  });
  io.use((socket, next) => void shakeHands(socket, next));
  io.on('connection', createConnection({ streams, sockets, waitingRoom, answerVerb, live, now, log }));
  // Where another server can end a session and nothing tells of it, the look itself must be in time. [LV6]
  const sessionsEveryMs = isShared && !peers.areThere ? 1_500 : 30_000;
  const watches = [
    startHeads(sockets),
    startSlowReaderWatch(sockets),
    startSessionWatch(accounts, sockets, log, sessionsEveryMs),
  ];

  await registerPageSecurity(app, isSecure);
  await app.register(compress, { threshold: 1_024, encodings: ['gzip', 'identity'] });
  registerHealthRoutes(app, async () => !isClosing && (await database.ready()));
  registerAccountRoutes(app, accounts);
  registerSyncRoutes(app, accounts, answerVerb);
  registerPeopleRoutes(app, accounts);
  await registerAppFiles(app, appDir);

  async function openPeers() {
    if (config.redisUrl === undefined) return noPeers;
    try {
      return await openRedisPeers(config.redisUrl, database.epoch, log);
    } catch (error) {
      await database.close();
      throw error;
    }
  }
  async function end(): Promise<void> {
    isClosing = true;
    for (const watch of watches) watch.close();
    await streams.close();
    await turn(); // what was answered last leaves before its socket closes
    await closeSockets(io);
    live.close();
    await Promise.all([peers.close(), lastSeen.close()]);
    await closeHttp(app);
    await database.close();
  }
  let ending: Promise<void> | undefined;
  return {
    listen: () => listen(app, config),
    close: () => (ending ??= end()),
  };
}
