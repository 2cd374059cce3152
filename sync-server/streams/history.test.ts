import { describe, expect, it } from 'vitest';
import { op } from './testing/op.fixture.ts';
import { ann, bob } from './testing/people.fixture.ts';
import { createWorld, withDirect } from './testing/world.fixture.ts';

describe('history', () => {
  it('[VB8] [ST3] ascending and with exclusive bounds, or the newest without bounds; `more` refers to the direction of the request', async () => {
    const world = await createWorld();
    const direct = await withDirect(world);
    for (let n = 1; n <= 10; n++) await world.ok(ann, op.send(direct, `${n}`));
    const asked = async (request: object) => {
      const { records, more } = await world.history(bob, direct, request);
      return [...records.map(({ seq }) => seq), more];
    };
    expect(await asked({ limit: 3 })).toEqual([8, 9, 10, true]);
    expect(await asked({ before: 8, limit: 3 })).toEqual([5, 6, 7, true]);
    expect(await asked({ before: 4, limit: 3 })).toEqual([1, 2, 3, false]);
    expect(await asked({ after: 7, limit: 3 })).toEqual([8, 9, 10, false]);
    expect(await asked({ after: 2, limit: 3 })).toEqual([3, 4, 5, true]);
    expect(await asked({ after: 2, before: 5 })).toEqual([3, 4, false]);
    expect(await asked({ before: 0 })).toEqual([false]);
    expect(await asked({ before: 1 })).toEqual([false]);
    await world.streams.close();
  });
});
