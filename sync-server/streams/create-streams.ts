import type { Failure } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import type { Announce } from './announcement.ts';
import { startAppend } from './append/append.ts';
import { Intake } from './append/intake.ts';
import { createReach } from './append/reach.ts';
import { type Blocks, noBlocks } from './blocks.ts';
import { Batches } from './batches.ts';
import { createCleanUp } from './clean-up.ts';
import { createCompletion } from './completion.ts';
import { type EntryStore, StoreUnavailable } from './entry-store.ts';
import { type HidesReads, withoutReads } from './hidden-marks.ts';
import { createHistory } from './history.ts';
import { type Files, noFiles } from './files.ts';
import { type Links, noLinks } from './links.ts';
import type { People } from './people.ts';
import { createPersonDeleted } from './person-deleted.ts';
import { createProfileChanged } from './profile-changed.ts';
import { createPull } from './pull.ts';
import { createPush, storeUnavailable } from './push.ts';
import { type Reports, noReports } from './reports.ts';
import { createSendScheduled } from './send-scheduled.ts';
import { createSharedMarks } from './shared-marks.ts';
import { createStrangers, noStrangers } from './strangers.ts';
import { createDigestContinuations } from './digest-continuations.ts';
import { type StreamReads, createStreamReads } from './stream-reads.ts';
import type { Streams } from './streams.ts';
import { createUnfinishedBootstraps } from './unfinished-bootstraps.ts';
import { ANSWER_MS, withDeadline, withinTime } from './with-deadline.ts';

export interface StreamsOptions {
  store: EntryStore;
  /** Created over `store` if absent. They hold a cache, which this and the fan-out should share. */
  reads?: StreamReads;
  /** Names of the consumers that follow every stream: see Batches. */
  consumers?: readonly string[];
  people: People;
  /** Absent: no file can have been uploaded. */
  files?: Files;
  /** Absent: nobody has made a link to a group. */
  links?: Links;
  /** Absent: nobody can block anybody. */
  blocks?: Blocks;
  /** Absent: nobody can report anything. */
  reports?: Reports;
  /** Whether a chat that a stranger starts is a request. Absent: no. [RQ1] */
  hasRequests?: boolean;
  /** Whether a person may not write for now. Absent: everybody may. */
  isBarred?: (userId: UserId) => Promise<boolean>;
  /** Absent: everybody lets others see how far they have read. */
  hidesReads?: HidesReads;
  announce: Announce;
  /** The server's clock, milliseconds since 1970. */
  now: () => number;
  /** Called with errors that should be impossible: a bug. */
  onDefect: (error: unknown) => void;
  deadlineMs?: number;
  /** How long shared marks are collected; RD2 wants them within 2 s. */
  shareAfterMs?: number;
  /** How long hints, and batches that all consumers have dealt with, are collected before they are written. */
  settleEveryMs?: number;
  /** How often to look for half-done ops of crashed processes, and how old those must be. */
  completeEveryMs?: number;
}

/** How long an op's id is remembered; a message's id is remembered forever. [AP2] */
const REMEMBERED_MS = 30 * 24 * 3_600_000;
const PRUNE_EVERY_MS = 3_600_000;
/** Edits, reactions and replies follow a message soon; after this time a stream's state is dropped, and read again when it is needed. */
const STATE_KEPT_MS = 60_000;
/** How often memory that is no longer used is freed; a timer does it, because no request may follow the last one. */
const GIVE_BACK_EVERY_MS = 15_000;

/** Finishes what a crash left half done before it resolves. Rejects with StoreUnavailable. */
export async function createStreams(options: StreamsOptions): Promise<Streams> {
  const { announce, now, onDefect } = options;
  const {
    consumers = [],
    deadlineMs = ANSWER_MS,
    shareAfterMs = 1_000,
    settleEveryMs = 1_000,
    completeEveryMs = 30_000,
  } = options;
  const store = withDeadline(options.store, deadlineMs);
  const inTime = async <T>(answer: Promise<T>, failure: string): Promise<T> => {
    try {
      return await withinTime(answer, deadlineMs);
    } catch (error) {
      throw new StoreUnavailable(failure, { cause: error });
    }
  };
  const people: People = { find: (ids) => inTime(options.people.find(ids), 'the people cannot be read') };
  const { files: unbounded = noFiles } = options;
  const noAnswer = 'the files do not answer';
  const files: Files = {
    attach: (ids, carrier, sender) => inTime(unbounded.attach(ids, carrier, sender), noAnswer),
    forward: (ids, carrier) => inTime(unbounded.forward(ids, carrier), noAnswer),
    picture: (id, stream, owner) => inTime(unbounded.picture(id, stream, owner), noAnswer),
    release: (ids) => inTime(unbounded.release(ids), noAnswer),
  };
  const { hidesReads = () => false, isBarred = () => Promise.resolve(false) } = options;
  const { links: unboundedLinks = noLinks } = options;
  const noLinkAnswer = 'the links do not answer';
  const links: Links = {
    find: (token, stream, user) => inTime(unboundedLinks.find(token, stream, user), noLinkAnswer),
    use: (token, user) => inTime(unboundedLinks.use(token, user), noLinkAnswer),
  };
  const { blocks: unboundedBlocks = noBlocks } = options;
  const blocks: Blocks = {
    has: (by, blocked) => unboundedBlocks.has(by, blocked),
    change: (by, blocked, on) => inTime(unboundedBlocks.change(by, blocked, on), 'the blocks do not answer'),
  };
  const { reports: unboundedReports = noReports } = options;
  const noReportAnswer = 'the reports do not answer';
  const reports: Reports = {
    has: (by, id) => inTime(unboundedReports.has(by, id), noReportAnswer),
    add: (report) => inTime(unboundedReports.add(report), noReportAnswer),
  };
  const { reads = createStreamReads(options.store, deadlineMs) } = options;
  const batches = new Batches({ store, consumers, settleEveryMs, onDefect });
  const intake = new Intake(deadlineMs);
  const { appendOwn } = intake;
  const cleanUp = createCleanUp(store, now);
  const marks = createSharedMarks(appendOwn, cleanUp, shareAfterMs, { hidesReads, blocks });
  const completion = createCompletion({ store, batches, appendOwn, marks, cleanUp, now });
  startAppend({
    intake,
    store,
    batches,
    people,
    files,
    links,
    blocks,
    reports,
    strangers: options.hasRequests === true ? createStrangers(reads.membershipsOf) : noStrangers,
    reach: createReach(intake.queues, store),
    announce,
    now,
    deadlineMs,
    startFollowUp: completion.start,
    completeTail: completion.completeTail,
    onDefect,
  });

  const completeOlder = async (before: number) => {
    await batches.fold(); // first, so that what a completed op makes visible has its hint
    await completion.completeOlder(before);
  };
  await completeOlder(Number.MAX_SAFE_INTEGER).catch(async (error: unknown) => {
    await batches.close(); // its timer would go on retrying
    throw error;
  });
  const inBackground = (work: Promise<unknown>) => {
    work.catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) onDefect(error);
    });
  };
  const completing = setInterval(() => inBackground(completeOlder(now() - completeEveryMs)), completeEveryMs);
  const pruning = setInterval(() => inBackground(store.prune(now() - REMEMBERED_MS)), PRUNE_EVERY_MS);
  completing.unref();
  pruning.unref();

  let isClosed = false;
  /** When its store fails, a verb answers with a value. [VB2] */
  async function answered<T>(answer: () => Promise<T | Failure>): Promise<T | Failure> {
    if (isClosed) return storeUnavailable();
    try {
      return await answer();
    } catch (error) {
      if (error instanceof StoreUnavailable) return storeUnavailable();
      throw error;
    }
  }

  /** [PV2] */
  function asSeenBy(userId: UserId, answer: PullAnswer | Failure): PullAnswer | Failure {
    if ('error' in answer || !hidesReads(userId)) return answer;
    const seen = answer.streams.map((page) => ({ ...page, records: withoutReads(page.records, userId) }));
    return { ...answer, streams: seen };
  }

  const push = createPush(intake);
  const { conversationsOf, membershipsOf } = reads;
  const profileChanged = createProfileChanged({ people, conversationsOf, appendOwn });
  const unfinished = createUnfinishedBootstraps(now);
  const continuations = createDigestContinuations(now);
  const pull = createPull({ store, batches, membershipsOf, unfinished, continuations });
  const history = createHistory(store);
  const givingBack = setInterval(() => {
    intake.queues.dropUnusedSince(performance.now() - STATE_KEPT_MS);
    unfinished.dropOld();
    continuations.dropOld();
  }, GIVE_BACK_EVERY_MS);
  givingBack.unref();

  return {
    epoch: store.epoch,
    batches,
    push: (caller, request) => (isClosed ? Promise.resolve(storeUnavailable()) : push(caller, request)),
    pull: (caller, request) => answered(async () => asSeenBy(caller.userId, await pull(caller, request))),
    history: (caller, request) => answered(() => history(caller, request)),
    ...reads,
    profileChanged,
    sendScheduled: createSendScheduled({ store, appendOwn, people, isBarred, now }),
    personDeleted: createPersonDeleted({ profileChanged, conversationsOf, scheduledOf: reads.scheduledOf, push, now }),
    async close() {
      isClosed = true;
      clearInterval(completing);
      clearInterval(pruning);
      clearInterval(givingBack);
      await marks.flush();
      await intake.close();
      await cleanUp.settled();
      await batches.close();
    },
  };
}
