import { expect, test } from 'vitest';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import {
  ann,
  at,
  bob,
  conversation,
  member,
  membership,
  newGroup,
  own,
} from '#app/local-store/testing/records.fixture.ts';
import { page, pulled } from '#app/local-store/testing/records.fixture.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { sharedGroups } from './shared-groups.ts';

const eve = 'eve' as UserId;

test('the groups that somebody shares with the user are those in which both are members', async () => {
  const store = openMemoryLocalStore({ userId: ann });
  const [both, alone, left, userLeft] = [newGroup(), newGroup(), newGroup(), newGroup()];
  const group = (stream: ConversationId, title: string, ...others: ReturnType<typeof member>[]) =>
    page(stream, 20, [conversation(stream, { title }), member(stream, ann), ...others]);
  await store.applyPage(
    pulled([
      page(own, 9, [
        ...[both, alone, left].map((stream) => membership(stream)),
        membership(userLeft, { leftAt: at(3) }),
      ]),
      group(both, 'Crew', member(both, bob), member(both, eve)),
      group(alone, 'Notes'),
      group(left, 'Choir', member(left, bob, { leftAt: at(2) }), member(left, eve)),
      group(userLeft, 'Band', member(userLeft, bob)),
    ]),
  );
  const shared = await store.snapshot((reading) => sharedGroups(reading, new Set([bob, eve])));
  expect(shared.get(bob)).toEqual([{ stream: both, title: 'Crew' }]);
  expect(
    shared
      .get(eve)
      ?.map(({ title }) => title)
      .toSorted(),
  ).toEqual(['Choir', 'Crew']);
});
