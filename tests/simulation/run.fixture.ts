import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import { uuidV7, type OpId } from '#protocol/ids.ts';

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
  counts: Record<Counter, number>;
}

export const counters = [
  'ops',
  'sends',
  'creates',
  'memberChanges',
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
  'posts',
  'resends',
  'resets',
  'deliveredChanges',
] as const;
export type Counter = (typeof counters)[number];

export const START_MS = Date.parse('2026-11-24T12:00:00.000Z');

export function createRun(seed: number): Run {
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
    counts: Object.fromEntries(counters.map((counter) => [counter, 0])) as Record<Counter, number>,
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
