import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId, StreamId } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { backoffMs, spreadMs } from './backoff.ts';
import type { Connection } from './connection.ts';
import { pullPreferred } from './pull-preferred.ts';
import { pullStreams } from './pull.ts';
import type { Ask } from './transport.ts';

interface PullRoundsParts {
  store: LocalStore;
  connection: Pick<Connection, 'ask' | 'digestCells' | 'number' | 'pageBytes' | 'refused'>;
  random: () => number;
  onPage: (answer: PullAnswer) => void;
  onProgress: (streamsDone: number, streamsTotal: number) => void;
  /** Called when everything that the server had at the last request is here, and nothing is known to be missing. */
  onCaughtUp: () => void;
  onDefect: (error: unknown) => void;
}

export interface PullRounds {
  /** Pulls all streams, or those known to be behind. Streams requested during a round are pulled in the next one. */
  pull(only?: readonly StreamId[]): void;
  /**
   * Pulls all streams, although nothing is known to be missing. Signals may ask for it more often than a slow link can answer, so
   * a check that is due does not keep the device from having caught up.
   */
  check(): void;
  /** The chat that somebody looks at; undefined if none. While all streams are pulled, it comes first. [CL15] */
  prefer(stream: ConversationId | undefined): void;
  /** After a new connection: pulls all streams at once, without waiting for the backoff of the last one. */
  restart(): void;
  close(): void;
}

/** Pulls in rounds, one at a time, until nothing is due. After a failure it waits, and the streams stay due. [ST4] */
export function createPullRounds(parts: PullRoundsParts): PullRounds {
  const { connection, random } = parts;
  const due = new Set<StreamId>();
  let isAllDue = false;
  let isCheckDue = false;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isClosed = false;
  let preferred: ConversationId | undefined;
  let isAllRunning = false;

  /** Each page as large as the link takes in a short time. [VB10] */
  const askForPages: Ask = (verb, request) => {
    const maxBytes = connection.pageBytes();
    return connection.ask(verb, maxBytes === undefined ? request : { ...request, maxBytes });
  };
  const pullParts = () => ({ ...parts, ask: askForPages, digestCells: connection.digestCells });

  async function run(): Promise<void> {
    if (isRunning || timer !== undefined) return;
    isRunning = true;
    try {
      while (!isClosed && connection.number() !== 0 && (isAllDue || isCheckDue || due.size > 0)) {
        const waitMs = await round();
        if (waitMs === undefined) continue;
        later(waitMs);
        return;
      }
    } finally {
      isRunning = false;
    }
  }

  /** Returns how long to wait before the next round, or undefined for no wait. */
  async function round(): Promise<number | undefined> {
    const number = connection.number();
    const only = isAllDue || isCheckDue ? undefined : [...due];
    isAllRunning = isAllDue;
    [isAllDue, isCheckDue] = [false, false];
    due.clear();
    pullLookedAt();
    const again = () => {
      if (only === undefined) isAllDue = true;
      else for (const stream of only) due.add(stream);
    };
    try {
      const pulled = await pullStreams(pullParts(), only);
      switch (pulled.kind) {
        case 'done':
          tries = 0;
          if (pulled.isOtherEpoch && only !== undefined) isAllDue = true;
          if (!isClosed && connection.number() === number && !isAllDue && due.size === 0) parts.onCaughtUp();
          return undefined;
        case 'refused':
          again();
          if (connection.number() === number) connection.refused(pulled.code);
          return undefined;
        case 'wait':
          again();
          return pulled.ms === undefined ? nextBackoffMs() : spreadMs(pulled.ms, random);
        case 'silence':
          again();
          // If the connection ended, the next one pulls what is due.
          return connection.number() === number ? nextBackoffMs() : undefined;
      }
    } catch (error) {
      // The device's storage failed: it is full, or was closed meanwhile. What is due stays due.
      again();
      if (!isClosed) parts.onDefect(error);
      return nextBackoffMs();
    } finally {
      isAllRunning = false;
    }
  }

  function pullLookedAt(): void {
    if (isAllRunning && preferred !== undefined) void pullPreferred(pullParts(), preferred);
  }

  function nextBackoffMs(): number {
    tries += 1;
    return backoffMs(tries - 1, random);
  }

  function later(ms: number): void {
    if (isClosed) return;
    timer = setTimeout(() => {
      timer = undefined;
      void run();
    }, ms);
  }

  return {
    pull(only) {
      if (only === undefined) isAllDue = true;
      else for (const stream of only) due.add(stream);
      void run();
    },
    check() {
      isCheckDue = true;
      void run();
    },
    prefer(stream) {
      preferred = stream;
      pullLookedAt();
    },
    restart() {
      clearTimeout(timer);
      timer = undefined;
      isAllDue = true;
      void run();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
