import { DESKTOP, greetedGroups } from './seed.fixture.ts';
import type { Stage } from './stage.fixture.ts';

/** Ann and Bob, for all tests of a file, with groups in which Ann has said hello. Resolves to the stream of each title, too. */
export async function annAndBob<T extends string>(stage: Stage, titles: readonly T[]) {
  const ann = await stage.resident('Ann Arbor', DESKTOP);
  const bob = await stage.resident('Bob Burns', DESKTOP);
  return { ann, bob, streams: await greetedGroups(ann, bob, titles) };
}
