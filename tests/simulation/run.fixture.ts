import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import type { OpOf } from '#protocol/op.ts';
import { uuidV7, type ConversationId, type OpId, type UserId } from '#protocol/ids.ts';

/** One run of the simulation: its random choices, its log and its counters. The same seed gives the same run. */
export interface Run {
  below(n: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  newId(): OpId;
  log(line: string): void;
  history: string[];
  /** While false, nothing is lost, delayed for long, disconnected or killed any more. */
  injectsFaults: boolean;
  /** Every group that was created, and by whom: anybody may try to join it by a link. */
  groups: Map<ConversationId, UserId>;
  people: readonly UserId[];
  /** The last seq that people knew of a chat when they archived it, by person and chat. */
  archives: Map<string, Set<number>>;
  /** Every edit that the server has answered, as the device knows it. */
  edits: Map<OpId, AnsweredEdit>;
  counts: Record<Counter, number>;
}

export interface AnsweredEdit {
  op: OpOf<'message.edit'>;
  device: string;
  outcome: 'saved' | 'lost' | 'refused';
}

export const counters = [
  'ops',
  'sends',
  'creates',
  'memberChanges',
  'leaves',
  'joins',
  'pollOps',
  'lostEdits',
  'scheduledOps',
  'mentions',
  'archives',
  'blocks',
  'accepts',
  'disconnects',
  'silences',
  'lostAnswers',
  'refusals',
  'lostChanges',
  'duplicatedChanges',
  'serverCrashes',
  'deviceCrashes',
  'damages',
  'repairs',
  'restPages',
  'olderRuns',
  'posts',
  'resends',
  'resets',
  'deliveredChanges',
] as const;
export type Counter = (typeof counters)[number];

export const START_MS = Date.parse('2026-11-24T12:00:00.000Z');

export function createRun(seed: number, people: readonly UserId[] = []): Run {
  const random = randomFrom(seed);
  const history: string[] = [];
  const below = (n: number) => Math.floor(random() * n);
  return {
    below,
    chance: (probability) => random() < probability,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
    newId: () =>
      uuidV7(
        Date.now(),
        new Uint8Array(10).map(() => below(256)),
      ),
    log: (line) => history.push(`${((Date.now() - START_MS) / 1000).toFixed(3)} ${line}`),
    history,
    injectsFaults: true,
    groups: new Map(),
    people,
    archives: new Map(),
    edits: new Map(),
    counts: Object.fromEntries(counters.map((counter) => [counter, 0])) as Record<Counter, number>,
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
