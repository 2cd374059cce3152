import { describe, expect, test } from 'vitest';
import type { OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { AnswerOf, PullRequest } from '#protocol/verbs.ts';
import type { Fault } from './device.fixture.ts';
import { counters } from './run.fixture.ts';
import { simulate, type RunResult } from './simulate.fixture.ts';

const SEEDS = Number(process.env['SEEDS'] ?? (process.env['TEST_LONG'] === '1' ? 3_000 : 12));
const firstSeed = Number(process.env['SEED'] ?? 1);
/** `SEED=n` runs only that run. */
const runs = process.env['SEED'] === undefined ? SEEDS : 1;

function report(seed: number, { violations, history }: RunResult): string {
  return `SEED=${seed}\n${violations.join('\n')}\n--- history\n${history.join('\n')}`;
}

describe('simulation', () => {
  test(
    `[ST4] [ST5] [CL1] [CL2] [CL3] [DG1] [DG2] [DG3] [DG4] [AP2] [CL20] [SM3] [ER2] [RD4] [RD5] [OP17] [OP19] [BL1] [RQ1] [RQ2] [RQ3] [ask 1] hold on five devices through faults of every kind, in ${SEEDS} runs`,
    async () => {
      const sums = Object.fromEntries(counters.map((counter) => [counter, 0]));
      for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
        const result = await simulate(seed);
        expect(result.violations.length === 0 ? '' : report(seed, result)).toBe('');
        for (const counter of counters) sums[counter] = (sums[counter] ?? 0) + result.counts[counter];
      }
      // The runs prove something only if every kind of action and fault occurred often.
      expect(counters.filter((counter) => runs > 1 && (sums[counter] ?? 0) < runs / 4)).toEqual([]);
    },
    180_000 + SEEDS * 5_000,
  );
});

// Without and with an old group. The digests of both once had a salt that was not of the seed, and two runs soon differed.
test.each([5, 12])('seed %i repeats a run exactly, whatever ran before it', async (seed) => {
  const [first, other, again] = [await simulate(seed), await simulate(seed + 1), await simulate(seed)];
  expect(again).toEqual(first);
  expect(other.history).not.toEqual(first.history);
});

/** Runs that once failed, and why. */
test.each([
  [2449, 'a device that reconnected between a group’s change and its own membership never asked for the group'],
])('[ST4] [LV3] seed %i, which once failed, passes: %s', async (seed) => {
  // As it was then, without the group that has been added since.
  const result = await simulate(seed, {}, false);
  expect(result.violations.length === 0 ? '' : report(seed, result)).toBe('');
});

/** The request with its ops changed; one without ops as it is. */
function changed<Request>(request: Request, change: (op: Record<string, unknown>) => object): Request {
  const { ops } = request as { ops?: Record<string, unknown>[] };
  return ops === undefined ? request : { ...request, ops: ops.map(change) };
}

/** Defects of an engine, a store or a network. If the simulation misses one of them, it proves nothing. */
const faults: Record<string, Fault> = {
  'applies live changes whatever they skip': {
    store: (store) => ({
      ...store,
      async applyChanges(changes) {
        const { stream, cursor, records } = changes;
        const epoch = (await store.epoch()) ?? 'memory';
        await store.applyPage({ epoch, more: false, streams: [{ stream, records, cursor, more: false }] });
        return 'applied';
      },
    }),
  },
  'takes a missing answer for success': {
    transport: (transport) => ({
      ...transport,
      ask: async (verb, request) => {
        const answer = await transport.ask(verb, request);
        if (answer !== undefined || verb !== 'push') return answer;
        const ops = (request as { ops: Op[] }).ops;
        return { results: ops.map(({ id, stream }) => ({ id, ok: true, stream, rev: 1 })) } as never;
      },
    }),
  },
  'gives each attempt a new op id': {
    transport: (transport, run) => ({
      ...transport,
      ask: async (verb, request) => {
        if (verb !== 'push') return transport.ask(verb, request);
        const ops = (request as { ops: Op[] }).ops;
        const ids = new Map<string, OpId>(ops.map(({ id, retry }) => [retry === true ? run.newId() : id, id]));
        const sent = [...ids.keys()].map((id, at) => ({ ...ops[at], id }));
        const answer: AnswerOf<'push'> | undefined = await transport.ask('push', { ops: sent });
        if (answer === undefined || 'error' in answer) return answer;
        return { results: answer.results.map((one) => ({ ...one, id: ids.get(one.id) ?? one.id })) } as never;
      },
    }),
  },
  'sends the newest op first': {
    store: (store) => ({ ...store, outbox: async (stream) => (await store.outbox(stream)).toReversed() }),
  },
  'sends each op in a push of its own, all at once': {
    transport: (transport) => ({
      ...transport,
      ask: async (verb, request) => {
        if (verb !== 'push') return transport.ask(verb, request);
        const ops = (request as { ops: Op[] }).ops.toReversed();
        const answers = await Promise.all(ops.map((op) => transport.ask('push', { ops: [op] })));
        const results = answers.flatMap((answer) => (answer === undefined || 'error' in answer ? [] : answer.results));
        return (results.length === 0 ? undefined : { results: results.toReversed() }) as never;
      },
    }),
  },
  'confirms a write before it is durable': {
    store: (store) => ({
      ...store,
      enqueue(ops, queuedAt) {
        void store.enqueue(ops, queuedAt);
        return Promise.resolve([]);
      },
    }),
  },
  'ignores a part of what a digest shows': {
    transport: (transport) => ({
      ...transport,
      ask: async (verb, request) => {
        const answer: AnswerOf<'pull'> | undefined = await transport.ask(verb as 'pull', request as PullRequest);
        if (answer === undefined || !('streams' in answer) || (request as PullRequest).cursors !== undefined)
          return answer as never;
        return { ...answer, streams: answer.streams.filter(({ stream }) => stream.charCodeAt(12) % 4 > 0) } as never;
      },
    }),
  },
  'keeps a page without its cursor': {
    store: (store) => ({
      ...store,
      async applyPage(answer, asked) {
        const cursors = await store.cursors();
        const streams = answer.streams.map((page) => ({ ...page, cursor: cursors[page.stream] ?? 1 }));
        return store.applyPage({ ...answer, streams }, asked);
      },
    }),
  },
  'keeps a cursor without its page': {
    store: (store, run) => ({
      ...store,
      applyPage: (answer, asked) =>
        store.applyPage(
          { ...answer, streams: answer.streams.map((page) => (run.chance(0.1) ? { ...page, records: [] } : page)) },
          asked,
        ),
    }),
  },
  'closes a gap in a history answer': {
    store: (store) => ({
      ...store,
      applyHistory(asked, answer) {
        const [first] = answer.records;
        const records = answer.records.filter((_, at) => at !== 1);
        return store.applyHistory(asked, {
          ...answer,
          records: records.map((record, at) => ({ ...record, seq: (first?.seq ?? 0) + at })),
        });
      },
    }),
  },
  'takes every history answer for the beginning': {
    store: (store) => ({
      ...store,
      applyHistory: (asked, answer) => store.applyHistory(asked, { ...answer, more: false }),
    }),
  },
  'forgets which text an edit was made of': {
    transport: (transport) => ({
      ...transport,
      ask: (verb, request) => {
        if (verb !== 'push') return transport.ask(verb, request);
        const ops = (request as { ops: Op[] }).ops.map((op) => {
          if (op.kind !== 'message.edit') return op;
          const { base: _base, ...rest } = op;
          return rest;
        });
        return transport.ask(verb, { ops });
      },
    }),
  },
  'archives a chat up to what the server knows': {
    transport: (transport) => ({
      ...transport,
      ask: (verb, request) =>
        transport.ask(
          verb,
          changed(request, ({ archivedSeq: _seq, ...op }) => op),
        ),
    }),
  },
  'does not hear of a block on another device': {
    store: (store) => ({
      ...store,
      applyChanges(changes) {
        const records = changes.records.map((record) =>
          'blockedAt' in record ? (({ blockedAt: _at, ...rest }) => rest)(record) : record,
        );
        return store.applyChanges({ ...changes, records });
      },
    }),
  },
  'does not hear that a chat is a request': {
    store: (store) => ({
      ...store,
      applyChanges(changes) {
        const records = changes.records.map((record) =>
          'isRequest' in record ? (({ isRequest: _asks, ...rest }) => rest)(record) : record,
        );
        return store.applyChanges({ ...changes, records });
      },
    }),
  },
  'forgets whom a message mentions': {
    store: (store) => ({
      ...store,
      applyChanges(changes) {
        const records = changes.records.map((record) => ('mentions' in record ? { ...record, mentions: [] } : record));
        return store.applyChanges({ ...changes, records });
      },
    }),
  },
  'drops an edit that lost': {
    store: (store) => ({
      ...store,
      async settle(results) {
        await store.settle(results);
        for (const result of results)
          if (!result.ok && result.error.path === 'base') await store.discard(result.id as OpId);
      },
    }),
  },
  'ignores heads': { events: (events) => ({ ...events, heads: () => undefined }) },
  'does not notice that it is disconnected': { events: (events) => ({ ...events, lost: () => undefined }) },
  'gives up where it was asked to retry later': {
    transport: (transport) => ({
      ...transport,
      ask: async (verb, request) => {
        const answer = await transport.ask(verb, request);
        if (verb !== 'push' || answer === undefined || !('error' in answer)) return answer;
        const error = { ...answer.error, code: 'conflict' };
        return { results: (request as { ops: Op[] }).ops.map(({ id }) => ({ id, ok: false, error })) } as never;
      },
    }),
  },
};

describe('planted faults', () => {
  test.each(Object.keys(faults))(
    '[ask 1] the simulation notices a device that %s',
    async (name) => {
      const noticed = [];
      // In run 8 so much happens that it shows nearly all of them.
      for (let seed = 8; seed < 48 && noticed.length === 0; seed++)
        noticed.push(...(await simulate(seed, faults[name])).violations);
      expect(noticed).not.toEqual([]);
    },
    300_000,
  );
});
