import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import compress from '@fastify/compress';
import { type ConversationId, type StreamId, type UserId, ownerOf, personalStream } from '#protocol/ids.ts';
import { OPEN } from '#protocol/privacy.ts';
import { createAccounts } from './auth/accounts.ts';
import { createLastSeen } from './auth/last-seen.ts';
import { createLimiter } from './auth/rate-limiter.ts';
import { authSecret } from './auth/secret.ts';
import { createUsers } from './auth/users.ts';
import { createVerbLimit } from './auth/verb-limit.ts';
import { type Config, isSecure } from './config.ts';
import { openDatabase } from './database/connect.ts';
import type { Consumer } from './followers/consumer.ts';
import { createMongoFollowerStore } from './followers/mongo-follower-store.ts';
import { startFollowers } from './followers/start-followers.ts';
import { registerAccountRoutes } from './http/account-routes.ts';
import { registerAppFiles } from './http/app-files.ts';
import { registerExportRoutes } from './http/export-routes.ts';
import { registerHealthRoutes } from './http/health-routes.ts';
import { registerLinkRoutes } from './http/link-routes.ts';
import { registerMediaRoutes } from './http/media-routes.ts';
import { registerMetricsRoutes } from './http/metrics-routes.ts';
import { closeHttp, listen, openHttp } from './http/open-http.ts';
import { isOwnOrigin } from './http/origin.ts';
import { registerPageSecurity } from './http/page-security.ts';
import { registerPeopleRoutes } from './http/people-routes.ts';
import { registerPrivacyRoutes } from './http/privacy-routes.ts';
import { registerPushRoutes } from './http/push-routes.ts';
import { addressOf, trustOf } from './http/proxies.ts';
import { createProxyNotices } from './http/proxy-notices.ts';
import { registerReach } from './http/reach.ts';
import { registerSearchRoutes } from './http/search-routes.ts';
import { registerUploadRoutes } from './http/upload-routes.ts';
import { registerSyncRoutes } from './http/sync-routes.ts';
import { createConnection } from './live/connection.ts';
import { createHandshake } from './live/handshake.ts';
import { startHeads } from './live/heads.ts';
import { openLive } from './live/open-live.ts';
import { closeSockets, createOpenSockets } from './live/open-sockets.ts';
import { createPendingConnections } from './live/pending-connections.ts';
import { openBus } from './live/redis-bus.ts';
import { startSessionWatch } from './live/session-watch.ts';
import { startSlowReaderWatch } from './live/slow-readers.ts';
import { openSocketServer } from './live/socket-server.ts';
import { createHealth } from './health.ts';
import { createLogCounts, safeError } from './logging.ts';
import { createIndexMessages } from './search/index-messages.ts';
import { openEmail } from './email/open-email.ts';
import { createSearchIndex } from './search/search-index.ts';
import { createSearch } from './search/search.ts';
import { openMedia } from './media/open-media.ts';
import { openBlocks } from './privacy/open-blocks.ts';
import { openPrivacy } from './privacy/privacy.ts';
import { createReports } from './reports/reports.ts';
import { openPush } from './push/open-push.ts';
import type { PushTimes } from './push/deliver-pushes.ts';
import { areApart } from './streams/blocks.ts';
import { createAnswerVerb, defaultBounds } from './streams/answer-verb.ts';
import { openScheduled } from './scheduled/open-scheduled.ts';
import { createStreams } from './streams/create-streams.ts';
import { createGroupLinks } from './group-links/group-links.ts';
import { createMongoEntryStore } from './streams/mongo-entry-store.ts';
import { createStreamReads } from './streams/stream-reads.ts';
import { createWholeGroup } from './streams/whole-group.ts';
import { ANSWER_MS, withDeadline } from './streams/with-deadline.ts';

export interface ServerOptions {
  config: Config;
  /** The built app. Absent: only the API is served. */
  appDir?: string;
  /** The built worker of the embedded database. Absent: it shares this thread. */
  workerUrl?: URL;
  /** Consumers that must get every entry of every stream. */
  consumers?: readonly Consumer[];
  /** For tests. */
  pushTimes?: Partial<PushTimes>;
}

export interface TeamLinkServer {
  /** Starts to serve; resolves to the port. */
  listen(): Promise<number>;
  /** Answers requests in flight, then closes everything. A second call joins the first. [REL-05] */
  close(): Promise<void>;
}

/** Puts the parts together. Rejects with DatabaseRefused, DataFolderError or BusRefused. */
export async function build({ config, appDir, workerUrl, ...options }: ServerOptions): Promise<TeamLinkServer> {
  const now = () => Date.now();
  const trust = trustOf(config.trustProxy);
  const clientAddress = (request: IncomingMessage) => addressOf(request, trust);
  const limiter = config.rateLimit ? createLimiter(now) : undefined;
  const notices = createProxyNotices(config);
  const counts = createLogCounts();
  const app = openHttp(config, trust, limiter, notices, counts);
  const { log } = app;
  const onDefect = (error: unknown) => log.error({ error: safeError(error) }, 'a defect');
  const closing = new AbortController();

  const secret = await authSecret(config.dataDir, config.authSecret);
  const database = await openDatabase({
    dataDir: join(config.dataDir, 'database'),
    ...(config.mongodbUri === undefined ? {} : { uri: config.mongodbUri }),
    ...(workerUrl === undefined ? {} : { workerUrl }),
    onProgress: (line) => log.info(line),
  });
  const { connection, epoch, isShared } = database;
  const bus = await openBus(config.redisUrl, epoch, log).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });

  const pending = createPendingConnections(clientAddress);
  const io = openSocketServer({
    http: app.server,
    pending,
    isAllowed(request) {
      const { origin, host } = request.headers;
      const isOwn = isOwnOrigin(origin, host, config.publicOrigin);
      if (!isOwn) notices.refusedOrigin(request, log);
      return isOwn;
    },
    addressOf: clientAddress,
  });
  const sockets = createOpenSockets();
  const lastSeen = createLastSeen(connection);
  const store = createMongoEntryStore(database);
  const reads = createStreamReads(store);
  const slowReaders = startSlowReaderWatch(sockets);
  const privacy = await openPrivacy({ connection, isShared, onDefect });
  const { of: privacyOf } = privacy;
  const blocks = await openBlocks({ connection, isShared, onDefect });
  const hides = { privacyOf, areApart: (one: UserId, other: UserId) => areApart(blocks, one, other) };
  const { requests: hasRequests } = config;
  const live = openLive({
    io,
    sockets,
    slowReaders,
    reads,
    bus,
    lastSeen,
    isShared,
    hasRequests,
    ...hides,
    now,
    log,
    onDefect,
  });
  privacy.follow(live.privacyChanged);
  blocks.follow(live.privacyChanged);
  const people = createUsers(connection);
  const searchIndex = createSearchIndex(database);
  const push = await openPush({
    database,
    settings: config.push,
    entries: withDeadline(store, ANSWER_MS),
    reads,
    blocks,
    now,
    log,
    ...(options.pushTimes === undefined ? {} : { times: options.pushTimes }),
  });
  const followerStore = createMongoFollowerStore(database);
  const scheduled = await openScheduled({ connection, isShared, followers: followerStore, now, log, onDefect });
  const consumers = [createIndexMessages(searchIndex), push.consumer, scheduled.consumer, ...(options.consumers ?? [])];
  const pictureOf = async (stream: StreamId) => {
    if (!stream.startsWith('u:')) return reads.pictureOf(stream as ConversationId);
    const owner = ownerOf(stream);
    return (await people.find([owner])).get(owner)?.avatar;
  };
  const media = await openMedia({
    connection,
    dataDir: config.dataDir,
    ...(config.bucket === undefined ? {} : { bucket: config.bucket }),
    quota: config.mediaQuota,
    readMessage: reads.readMessage,
    storedMessage: reads.storedMessage,
    scheduledOf: reads.scheduledOf,
    isPicture: async (stream, id) => (await pictureOf(stream)) === id,
    isMember: async (user, stream) => (await reads.conversationsOf(user)).includes(stream),
    now,
    onDefect,
  });
  const links = createGroupLinks(connection, now);
  const reports = createReports({ connection, people, isLimited: config.rateLimit, now });
  const streams = await createStreams({
    store,
    reads,
    files: media.files,
    links,
    blocks,
    reports,
    hasRequests,
    isBarred: people.isBarred,
    hidesReads: (userId) => !privacyOf(userId).readReceipts,
    consumers: consumers.map(({ name }) => name),
    people,
    announce: live.announce,
    now,
    onDefect,
  });
  const followers = startFollowers({
    consumers,
    entries: store,
    store: followerStore,
    batches: streams.batches,
    onFailure: (error, consumer, stream) =>
      log.warn({ error: safeError(error), consumer, stream }, 'a consumer failed and gets its entries again'),
    onDefect,
  });
  const mail = openEmail(config, log);
  const accounts = await createAccounts({
    connection,
    secret,
    publicOrigin: config.publicOrigin,
    isSecure: isSecure(config),
    directory: config.directory,
    signUp: config.signUp,
    domains: config.domains,
    providers: config.providers,
    rateLimit: config.rateLimit,
    storedBytes: media.storedBytes,
    reports,
    health: createHealth({
      database,
      dataDir: config.dataDir,
      sockets,
      consumers: consumers.map(({ name }) => name),
      counts,
      now,
    }),
    now,
    log,
    mail: mail && { ...mail, origin: config.publicOrigin ?? `http://localhost:${config.port}` },
    takePicture: (user, id) => media.files.picture(id, personalStream(user), user),
    events: {
      sessionsEnded(sessionIds, reason) {
        live.endSessions(sessionIds, reason);
        // A session is also checked before each push, so a failure here reveals nothing.
        push.endSessions(sessionIds).catch(onDefect);
      },
      profileChanged: (userId) => {
        media.profileChanged(userId).catch(onDefect);
        streams.profileChanged(userId).catch((error: unknown) => {
          log.error({ error: safeError(error) }, 'a changed profile did not reach every conversation');
        });
      },
      personDeleted: async (userId) => {
        await lastSeen.forget(userId);
        await media.personDeleted(userId);
        await push.personDeleted(userId);
        await privacy.change(userId, OPEN);
        await blocks.personDeleted(userId);
        await reports.personDeleted(userId);
        await streams.personDeleted(userId);
      },
    },
  });
  const { sessions } = accounts;
  const search = createSearch({
    store: withDeadline(store, ANSWER_MS),
    index: searchIndex,
    batches: streams.batches,
    conversationsOf: streams.conversationsOf,
    blocks,
  });
  scheduled.start(streams.sendScheduled);
  push.start({ activeSessions: (ids) => sessions.active(ids), isVisible: sockets.isVisible });
  const answerVerb = createAnswerVerb({
    streams,
    takeCall: createVerbLimit(limiter),
    bounds: config.rateLimit ? defaultBounds : undefined,
    onDefect,
  });

  const shakeHands = createHandshake({
    sessions,
    sockets,
    limiter,
    addressOf: clientAddress,
    closing: closing.signal,
    log,
  });
  io.use((socket, next) => void shakeHands(socket, next));
  io.on(
    'connection',
    createConnection({ epoch, sockets, pending, answerVerb, live, isLimited: config.rateLimit, now, log }),
  );
  const watches = [
    startHeads(sockets),
    slowReaders,
    startSessionWatch({ sessions, sockets, hasUnseenEnds: isShared && !bus.hasPeers, log }),
  ];

  await registerPageSecurity(app, isSecure(config), appDir);
  await app.register(compress, { threshold: 1_024, encodings: ['gzip', 'identity'] });
  registerReach(app);
  registerHealthRoutes(app, async () => !closing.signal.aborted && (await database.ready()));
  registerAccountRoutes(app, accounts);
  registerSyncRoutes(app, sessions, answerVerb);
  registerPeopleRoutes(app, accounts);
  registerLinkRoutes(app, { sessions, links, groupOf: createWholeGroup(withDeadline(store, ANSWER_MS)), limiter });
  registerPrivacyRoutes(app, sessions, privacy, limiter);
  registerSearchRoutes(app, sessions, search, limiter);
  await registerMediaRoutes(app, sessions, media, limiter);
  await registerUploadRoutes(app, sessions, media, limiter);
  const { ownFiles, store: fileStore } = media;
  registerExportRoutes(app, {
    sessions,
    isFresh: accounts.isFresh,
    archive: { streams, account: people.account, reportsOf: reports.of, ownFiles, store: fileStore },
    now,
    limiter,
  });
  registerPushRoutes(app, { sessions, push, limiter, publicOrigin: config.publicOrigin });
  registerMetricsRoutes(app, config, [push.metrics]);
  await registerAppFiles(app, appDir);

  async function closeAll(): Promise<void> {
    closing.abort();
    for (const watch of watches) watch.close();
    await Promise.all([followers.close(), media.close()]);
    await Promise.all([push.close(), scheduled.close()]);
    accounts.close();
    privacy.close();
    blocks.close();
    mail?.close();
    await streams.close();
    await turn(); // the last answers are sent before their sockets close
    await closeSockets(io);
    live.close();
    await Promise.all([bus.close(), lastSeen.close()]);
    await closeHttp(app);
    await database.close();
  }
  let closed: Promise<void> | undefined;
  return {
    listen: () => listen(app, config),
    close: () => (closed ??= closeAll()),
  };
}
