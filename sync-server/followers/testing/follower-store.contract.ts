import { describe, expect, it } from 'vitest';
import type { FollowerStore } from '#server/followers/follower-store.ts';
import { newGroup } from '#server/streams/testing/op.fixture.ts';
import { type OpenedStore, openForAllTests } from '#server/streams/testing/opened-store.fixture.ts';

/** The contract of every store of cursors and leases. */
export function describeFollowerStore(name: string, open: () => Promise<OpenedStore<FollowerStore>>): void {
  describe(`follower store: ${name}`, () => {
    let store: FollowerStore;
    openForAllTests(open, (opened) => (store = opened));

    it('keeps a cursor per consumer and stream, and never lowers one', async () => {
      const [a, b] = [newGroup(), newGroup()];
      await store.saveCursors('push', new Map([[a, 3]]));
      await store.saveCursors('push', new Map([[a, 2]]));
      await store.saveCursors('search', new Map([[a, 9]]));
      expect(await store.cursors('push', [a, b])).toEqual(new Map([[a, 3]]));
      const many = Array.from({ length: 1_100 }, () => newGroup());
      await store.saveCursors('push', new Map(many.map((stream, at) => [stream, at])));
      const found = await store.cursors('push', many);
      expect(many.every((stream, at) => found.get(stream) === at)).toBe(true);
    });

    it('replaces a lease only if it is still as it was read', async () => {
      expect(await store.lease('push')).toBeUndefined();
      expect(await store.replaceLease('push', undefined, { holder: 'one', beat: 1 })).toBe(true);
      expect(await store.replaceLease('push', undefined, { holder: 'two', beat: 1 })).toBe(false);
      const read = await store.lease('push');
      expect(read).toEqual({ holder: 'one', beat: 1 });
      expect(await store.replaceLease('push', read, { holder: 'one', beat: 2 })).toBe(true);
      expect(await store.replaceLease('push', read, { holder: 'two', beat: 2 })).toBe(false);
      expect(await store.lease('push')).toEqual({ holder: 'one', beat: 2 });
      expect(await store.lease('search')).toBeUndefined();
    });
  });
}
