import { expect, it } from 'vitest';
import { message, newGroup } from '#app/local-store/testing/records.fixture.ts';
import { directStream, type UserId } from '#protocol/ids.ts';
import { pollResults } from './poll.ts';
import { withoutBlocked } from './withheld.ts';

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as UserId[] as [UserId, UserId, UserId];
const none = new Set<never>();

it('[BL5] in a direct chat, withheld messages are not shown, and those from before the block are', () => {
  const stream = directStream(ann, bob);
  const [before, place] = [message(stream, 1), message(stream, 2, { withheld: true })];
  expect(withoutBlocked([before, place], stream, [bob], none)).toEqual([before]);
  const all = [before];
  expect(withoutBlocked(all, stream, [bob], none)).toBe(all);
});

it('[BL5] in a group, messages of a blocked person have no content until they are opened', () => {
  const stream = newGroup();
  const secret = { text: 'a secret', mentions: [ann], reactions: { '👍': [bob] }, replyTo: message(stream, 9).id };
  const [theirs, other] = [message(stream, 1, secret), message(stream, 2, { senderId: eve })];
  const event = message(stream, 3, { event: { kind: 'member.add', by: bob } });
  const shown = withoutBlocked([theirs, other, event], stream, [bob], none);
  expect(JSON.stringify(shown)).not.toContain('secret');
  expect(shown).toMatchObject([{ withheld: true, text: '', reactions: {} }, other, event]);
  expect(withoutBlocked([theirs, other], stream, [bob], new Set([theirs.id]))).toMatchObject([
    { text: 'a secret' },
    other,
  ]);
});

it('[BL5] in a group, the votes of a blocked person count as for everybody else', () => {
  const stream = newGroup();
  const poll = { options: ['tea', 'milk'], votes: { [bob]: [0], [ann]: [1] } };
  const [asked] = withoutBlocked([message(stream, 1, { senderId: eve, poll })], stream, [bob], none);
  expect(pollResults(asked?.poll ?? { options: [], votes: {} })).toEqual({ counts: [1, 1], voters: 2 });
});

it('[BL5] in a group, the reactions of a blocked person are not shown, and those of others stay', () => {
  const stream = newGroup();
  const both = message(stream, 1, { senderId: eve, reactions: { '👍': [bob, ann], '🎉': [bob] } });
  expect(withoutBlocked([both], stream, [bob], none)).toEqual([{ ...both, reactions: { '👍': [ann] } }]);
});
