import { uuidV7, type OpId } from '#protocol/ids.ts';

/** What one life of the simulation has by chance, and what it has seen. The same seed is the same life. */
export interface Weather {
  below(n: number): number;
  chance(of: number): boolean;
  pick<T>(of: readonly T[]): T;
  newId(): OpId;
  say(line: string): void;
  history: string[];
  /** While false nothing is lost, cut or killed any more. */
  isStorm: boolean;
  did: Record<Deed, number>;
}

export const deeds = [
  'ops',
  'sends',
  'creates',
  'memberChanges',
  'cuts',
  'darks',
  'lostAnswers',
  'refusals',
  'lostChanges',
  'doubledChanges',
  'serverDeaths',
  'deviceDeaths',
  'resends',
  'resets',
  'applied',
] as const;
export type Deed = (typeof deeds)[number];

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const BEGIN = Date.parse('2026-11-24T12:00:00.000Z');

export function createWeather(seed: number): Weather {
  const random = randomFrom(seed);
  const history: string[] = [];
  const below = (n: number) => Math.floor(random() * n);
  return {
    below,
    chance: (of) => random() < of,
    pick: <T>(of: readonly T[]) => of[below(of.length)] as T,
    newId: () =>
      uuidV7(
        Date.now(),
        new Uint8Array(10).map(() => below(256)),
      ),
    say: (line) => history.push(`${((Date.now() - BEGIN) / 1000).toFixed(3)} ${line}`),
    history,
    isStorm: true,
    did: Object.fromEntries(deeds.map((deed) => [deed, 0])) as Record<Deed, number>,
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
