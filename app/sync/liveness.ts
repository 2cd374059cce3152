import type { AnswerOf, RequestOf, Verb } from '#protocol/verbs.ts';
import type { Link } from './link.ts';
import type { Ask } from './transport.ts';

/** After this much silence a probe is sent, if the page is visible or an answer is due. */
const SILENCE_MS = 5_000;
const TICK_MS = 1_000;
/** A timer this late means that the tab was frozen or its clock was set: the silence proves nothing. */
const LATE_MS = 3_000;
/** The shortest wait for the answer to a probe; with the silence before it, a dead connection is found within 10 s. */
const PROBE_WITHIN_MS = 4_000;
/** After a signal that the tab or the network was gone, the connection is likely dead: a thawed tab has everything within 3 s. */
const SIGNAL_WITHIN_MS = 1_500;
const MAX_PATIENCE_MS = 60_000;
/** Over HTTP requests wait for each other and for new connections, so a round trip may take several times the usual one. */
const HTTP_PATIENCE = 3;
/** How long the server may work on a request that has certainly arrived. */
const WORK_WITHIN_MS = 20_000;
/** Before compression; the answer to a probe is queued behind a page that is on its way. */
const PAGE_BYTES = 32_000;

interface Unanswered {
  order: number;
  bytes: number;
  downBytes: number;
  sentMs: number;
  /** Set once a probe that was sent later is answered: requests arrive in order. */
  arrivedMs?: number;
  giveUp(): void;
}

interface Probe {
  order: number;
  sentMs: number;
  /** When it was sent, or the last signal since then. */
  doubtedMs: number;
  waitMs: number;
  dueMs: number;
  timer?: ReturnType<typeof setTimeout>;
}

interface LivenessParts {
  link: Link;
  isVisible: () => boolean;
  /** Called when a probe has found nobody; the caller ends the connection. */
  onDead: () => void;
}

/** Watches whether the current connection still delivers. [CL8] */
export interface Liveness {
  /** A connection is up, and `ask` sends over it. Unless it is live, silence is normal, and only a late answer causes a probe. */
  start(ask: Ask, kind: { isLive: boolean; isOverHttp: boolean }): void;
  stop(): void;
  /** Something arrived, of this many bytes. */
  heard(bytes: number): void;
  /**
   * Has no limit on time: an answer may take as long as the connection delivers. Resolves to undefined if the connection ended or
   * the server is stuck.
   */
  ask: Ask;
  /** The tab or the network was gone. */
  doubt(): void;
}

/**
 * Finds dead connections without ever ending one that delivers. Whatever arrives proves life. Only silence is probed, and the
 * wait for the probe's answer grows with the measured round trip, with what must be transferred before it, and with each
 * connection that was given up before it answered anything: a link that is slower than all estimates still delivers in the end.
 */
export function createLiveness({ link, isVisible, onDead }: LivenessParts): Liveness {
  const unanswered = new Set<Unanswered>();
  let ask: Ask = () => Promise.resolve(undefined);
  let [isLive, isOverHttp] = [true, false];
  let ticker: ReturnType<typeof setInterval> | undefined;
  let probe: Probe | undefined;
  let [heardMs, tickMs, probedMs] = [0, 0, 0];
  /** The silence before this time is no reason for a probe. It does not prove life either. */
  let excusedMs = 0;
  let bytesHeard = 0;
  let sent = 0;
  let deaths = 0;

  function stop(): void {
    clearInterval(ticker);
    clearTimeout(probe?.timer);
    [ticker, probe] = [undefined, undefined];
  }

  function tick(): void {
    const nowMs = Date.now();
    const sinceTickMs = nowMs - tickMs;
    tickMs = nowMs;
    if (sinceTickMs < 0 || sinceTickMs > LATE_MS) excusedMs = nowMs;
    if (probe !== undefined || nowMs - probedMs < SILENCE_MS) return;
    const isSilent =
      nowMs - Math.max(heardMs, excusedMs) >= SILENCE_MS && (unanswered.size > 0 || (isLive && isVisible()));
    const isOverdue = [...unanswered].some((one) => nowMs - (one.arrivedMs ?? one.sentMs) >= WORK_WITHIN_MS);
    if (isSilent || isOverdue) sendProbe(PROBE_WITHIN_MS);
  }

  function sendProbe(atLeastMs: number): void {
    const sentMs = Date.now();
    const mine: Probe = { order: sent++, sentMs, doubtedMs: sentMs, waitMs: patienceMs(atLeastMs), dueMs: 0 };
    probe = mine;
    probedMs = sentMs;
    arm(mine, mine.waitMs);
    const before = bytesHeard;
    // The smallest possible request: a pull of no stream. Any answer will do, even a refusal.
    void ask('pull', { cursors: {}, only: [] }).then((answer) => {
      // `stop` also forgets the probe, because its answer would say nothing about a later connection.
      if (answer === undefined || probe !== mine) return;
      clearTimeout(mine.timer);
      probe = undefined;
      link.answered({ ms: Date.now() - mine.sentMs, upBytes: 0, downBytes: bytesHeard - before });
      heard(0);
      arrivedBefore(mine);
    });
  }

  function arm(mine: Probe, delayMs: number): void {
    clearTimeout(mine.timer);
    mine.dueMs = Date.now() + delayMs;
    mine.timer = setTimeout(() => expire(mine), delayMs);
  }

  /** Bytes that arrived since the doubt prove that the connection works; from then on silence may last as long as without a probe. */
  function expire(mine: Probe): void {
    const nowMs = Date.now();
    if (nowMs - mine.dueMs > LATE_MS) return arm(mine, mine.waitMs);
    const restMs = heardMs + SILENCE_MS + patienceMs(PROBE_WITHIN_MS) - nowMs;
    if (heardMs > mine.doubtedMs && restMs > 0) return arm(mine, restMs);
    stop();
    deaths += 1;
    onDead();
  }

  function patienceMs(atLeastMs: number): number {
    const underWay = [...unanswered].filter(({ arrivedMs }) => arrivedMs === undefined);
    const upBytes = underWay.reduce((sum, { bytes }) => sum + bytes, 0);
    const downBytes = Math.max(0, ...[...unanswered].map((one) => one.downBytes));
    const roundTripMs = link.roundTripTimeoutMs() * (isOverHttp ? HTTP_PATIENCE : 1);
    const ms = Math.max(atLeastMs, roundTripMs) + link.transferMs(upBytes, downBytes);
    return Math.min(MAX_PATIENCE_MS, ms * 2 ** Math.min(deaths, 10));
  }

  /** Requests that were sent before an answered probe have arrived; those that had arrived long before it are given up. */
  function arrivedBefore({ order, sentMs }: Probe): void {
    for (const one of unanswered) {
      if (one.order > order) continue;
      if (one.arrivedMs === undefined) one.arrivedMs = Date.now();
      else if (sentMs - one.arrivedMs >= WORK_WITHIN_MS) one.giveUp();
    }
  }

  function heard(bytes: number): void {
    heardMs = Date.now();
    bytesHeard += bytes;
  }

  async function askTracked<K extends Verb>(verb: K, request: RequestOf<K>): Promise<AnswerOf<K> | undefined> {
    const [sentMs, before] = [Date.now(), bytesHeard];
    const bytes = JSON.stringify(request).length;
    const one: Unanswered = {
      order: sent++,
      bytes,
      downBytes: verb === 'push' ? 0 : pageBytesOf(request),
      sentMs,
      giveUp() {},
    };
    const givenUp = new Promise<undefined>((resolve) => (one.giveUp = () => resolve(undefined)));
    unanswered.add(one);
    const answer = await Promise.race([ask(verb, request), givenUp]);
    unanswered.delete(one);
    if (answer === undefined) return undefined;
    if (unanswered.size === 0) deaths = 0;
    heard(0);
    link.answered({ ms: Date.now() - sentMs, upBytes: bytes, downBytes: bytesHeard - before });
    return answer;
  }

  return {
    start(send, kind) {
      stop();
      ask = send;
      ({ isLive, isOverHttp } = kind);
      heardMs = tickMs = Date.now();
      probedMs = 0;
      ticker = setInterval(tick, TICK_MS);
    },
    stop,
    heard,
    ask: askTracked,
    doubt() {
      if (ticker === undefined) return;
      if (probe === undefined) return sendProbe(SIGNAL_WITHIN_MS);
      // The answer to the probe in flight is enough, and further signals do not change how long it is awaited.
      const nowMs = Date.now();
      probe.doubtedMs = nowMs;
      probe.waitMs = Math.min(probe.waitMs, patienceMs(SIGNAL_WITHIN_MS));
      const isOverdue = probe.dueMs <= nowMs;
      arm(probe, isOverdue ? probe.waitMs : Math.min(probe.dueMs - nowMs, probe.waitMs));
    },
  };
}

function pageBytesOf(request: object): number {
  return 'maxBytes' in request && typeof request.maxBytes === 'number' ? request.maxBytes : PAGE_BYTES;
}
