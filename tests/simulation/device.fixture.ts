import type { LocalStore } from '#app/local-store/local-store.ts';
import {
  createMemoryDisk,
  openMemoryLocalStore,
  type MemoryLocalStore,
} from '#app/local-store/testing/memory-local-store.ts';
import { createOutbox } from '#app/sync/outbox.ts';
import { startEngine, type Engine } from '#app/sync/engine.ts';
import type { Outbox } from '#app/sync/client.ts';
import { createHistoryLoader, type LoadHistory } from '#app/sync/load-history.ts';
import type { Transport, TransportEvents } from '#app/sync/transport.ts';
import { sendMessage } from '#app/ops/messages.ts';
import { isRetryable } from '#protocol/errors.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { OpResult, PullRequest } from '#protocol/verbs.ts';
import { damage } from './damage.fixture.ts';
import type { Server } from './server.fixture.ts';
import { createNetwork, type Network } from './network.fixture.ts';
import { sleep, type Run } from './run.fixture.ts';

/** A defect planted between the engine and what it relies on, to see whether the simulation notices it. */
export interface Fault {
  store?: (store: LocalStore, run: Run) => LocalStore;
  transport?: (transport: Transport, run: Run) => Transport;
  events?: (events: TransportEvents) => TransportEvents;
}

/** A text that the device has confirmed as written: it must arrive, or be shown as failed. */
export interface SentText {
  id: OpId;
  stream: ConversationId;
  text: string;
  mentions: UserId[];
}

/** A device while it runs, from a start to a crash. */
interface Running {
  store: MemoryLocalStore;
  engine: Engine;
  outbox: Outbox;
  phase: string;
  loadHistory: LoadHistory;
}

export interface Device {
  name: string;
  userId: UserId;
  network: Network;
  sent: SentText[];
  /** Undefined while the device is down. */
  running(): Running | undefined;
  start(): void;
  crash(): void;
  /** The disk loses rows; the device is down. */
  damage(): Promise<void>;
  /** Whether that ever happened. */
  isDamaged(): boolean;
  /** Queues an op for which the outbox has no method. */
  queue(op: Op): Promise<void>;
  send(stream: ConversationId): Promise<void>;
  defects: unknown[];
}

export function createDevice(run: Run, server: Server, userId: UserId, name: string, fault: Fault): Device {
  const disk = createMemoryDisk();
  const network = createNetwork(run, server, userId, name);
  const sent: SentText[] = [];
  const defects: unknown[] = [];
  let running: Running | undefined;
  let isDamaged = false;

  const mustRun = () => {
    if (running === undefined) throw new Error(`${name} is down`);
    return running;
  };
  const counted =
    (ask: Transport['ask']): Transport['ask'] =>
    async (verb, request) => {
      if (verb === 'push') for (const op of (request as { ops: Op[] }).ops) if (op.retry === true) run.counts.resends++;
      const answer = await ask(verb, request);
      if (verb === 'push' && answer !== undefined && 'results' in answer)
        noteEdits(run, name, (request as { ops: Op[] }).ops, answer.results);
      if (answer !== undefined && 'results' in answer)
        run.counts.refusals += answer.results.filter(({ ok }) => !ok).length;
      if (answer !== undefined && 'error' in answer) run.counts.refusals++;
      if (verb === 'push' && answer !== undefined) run.log(`${name} pushed: ${summary(request, answer)}`);
      if (verb === 'pull' && (request as PullRequest).rest !== undefined) run.counts.restPages++;
      if (answer !== undefined && 'streams' in answer)
        run.counts.resets += answer.streams.filter((page) => page.reset === true).length;
      return answer;
    };

  const device: Device = {
    name,
    userId,
    network,
    sent,
    defects,
    running: () => running,
    start() {
      run.log(`${name} starts`);
      const isVisible = run.chance(0.5);
      const flush = () => sleep(run.below(10));
      const store = openMemoryLocalStore({ userId, disk, flush });
      const faultyStore = fault.store?.(store, run) ?? store;
      let ask: Transport['ask'] = () => Promise.resolve(undefined);
      const started: Running = {
        store,
        phase: 'starting',
        engine: startEngine({
          store: faultyStore,
          transport: (events) => {
            const transport = network.transport(fault.events?.(events) ?? events);
            const faulty = fault.transport?.(transport, run) ?? transport;
            ask = counted(faulty.ask);
            return { ...faulty, ask };
          },
          isOnline: () => network.isReachable,
          isVisible: () => isVisible,
          mayLead: () => Promise.resolve(true),
          onStatus: ({ connection }) => (started.phase = connection.phase),
          onEphemeral: () => undefined,
          onDefect: (error) => defects.push(error),
          random: () => run.below(1_000) / 1_000,
          newId: run.newId,
        }),
        outbox: createOutbox(faultyStore, run.newId, {
          queued: () => started.engine.queued(),
          reserve: (stream) => started.engine.reserve(stream),
        }),
        loadHistory: createHistoryLoader({
          store: faultyStore,
          async ask(request) {
            const answer = await ask('history', request);
            return answer === undefined || 'error' in answer ? undefined : answer;
          },
        }),
      };
      running = started;
    },
    crash() {
      if (running === undefined) return;
      run.log(`${name} crashes`);
      run.counts.deviceCrashes++;
      running.store.crash();
      running.engine.close();
      running = undefined;
    },
    async damage() {
      const lost = await damage(disk, run);
      if (lost === undefined) return;
      run.counts.damages++;
      isDamaged = true;
      run.log(`${name} loses ${lost}`);
    },
    isDamaged: () => isDamaged,
    async queue(op) {
      const { store, engine } = mustRun();
      run.log(`${name} queues ${JSON.stringify(op)}`);
      await store.enqueue([op], new Date().toISOString());
      engine.queued();
    },
    async send(stream) {
      const text = `${name} ${run.counts.sends++}`;
      run.log(`${name} sends ${text} to ${stream.slice(-14)}`);
      const mentions = run.chance(0.3) ? [run.pick(run.people.filter((one) => one !== userId))] : [];
      const { store, outbox } = mustRun();
      const members = mentions.length === 0 ? [] : await store.members(stream);
      const present = mentions.filter((one) =>
        members.some((each) => each.userId === one && each.leftAt === undefined),
      );
      if (running?.outbox !== outbox) return;
      run.counts.mentions += present.length;
      const id = await outbox.queue(sendMessage(stream, { text, mentions: present }, new Date()));
      // The store performs writes one after another, in the order in which they were requested.
      sent.push({ id, stream, text, mentions: present });
    },
  };
  return device;
}

function noteEdits({ edits, counts }: Run, device: string, ops: readonly Op[], results: readonly OpResult[]): void {
  for (const [at, result] of results.entries()) {
    const op = ops[at];
    if (op?.kind !== 'message.edit' || (!result.ok && isRetryable(result.error.code))) continue;
    const isLost = !result.ok && result.error.path === 'base';
    if (isLost && !edits.has(op.id)) counts.lostEdits++;
    edits.set(op.id, { op, device, outcome: result.ok ? 'saved' : isLost ? 'lost' : 'refused' });
  }
}

function summary(request: unknown, answer: object): string {
  const ops = (request as { ops: Op[] }).ops;
  const results =
    'results' in answer ? (answer.results as { ok: boolean; seq?: number; error?: { code: string } }[]) : [];
  return ops
    .map((op, at) => {
      const result = results[at];
      const what = op.kind === 'message.send' ? op.text : op.kind;
      const outcome = result === undefined ? JSON.stringify(answer) : (result.error?.code ?? result.seq ?? 'ok');
      return `${op.retry === true ? 'again ' : ''}${what} → ${outcome}`;
    })
    .join(', ');
}
