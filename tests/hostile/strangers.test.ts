import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConversationId, directStream, personalStream } from '#protocol/ids.ts';
import type { OpKind } from '#protocol/op.ts';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';
import {
  type BothTransports,
  overBothTransports,
  instant,
  newGroup,
  newId,
  sendOp,
  startConversations,
} from './both-transports.fixture.ts';

type Place = Awaited<ReturnType<typeof startConversations>>;

/** An op of each kind that a member might send. */
const opsOf: Record<OpKind, (place: { stream: string; message: string; user: string }) => object> = {
  'message.send': () => ({ text: 'from outside', sentAt: instant() }),
  'message.edit': ({ message }) => ({ messageId: message, text: 'changed' }),
  'message.delete': ({ message }) => ({ messageId: message }),
  'message.pin': ({ message }) => ({ messageId: message, on: true }),
  'reaction.set': ({ message }) => ({ messageId: message, emoji: '👍', on: true }),
  'poll.vote': ({ message }) => ({ messageId: message, options: [0] }),
  'poll.close': ({ message }) => ({ messageId: message }),
  'report.send': ({ message }) => ({ messageId: message, reason: 'spam' }),
  'receipt.mark': () => ({ readSeq: 1 }),
  'conversation.create': () => ({ memberIds: [] }),
  'conversation.update': () => ({ title: 'mine' }),
  'member.add': ({ user }) => ({ userIds: [user] }),
  'member.join': () => ({ token: 'aaaaaaaabbbbbbbbcccccccc' }),
  'member.remove': ({ user }) => ({ userId: user }),
  'member.role': ({ user }) => ({ userId: user, role: 'owner' }),
  'membership.update': () => ({ draft: 'x' }),
  'message.schedule': () => ({ text: 'from outside', dueAt: instant() }),
  'scheduled.update': ({ message }) => ({ scheduledId: message, text: 'changed' }),
  'scheduled.cancel': ({ message }) => ({ scheduledId: message }),
};

describe('a stranger', () => {
  let server: TestServer;
  let ann: BothTransports;
  let bob: TestPerson;
  let eve: BothTransports;
  let place: Place;
  beforeAll(async () => {
    server = await startTestServer();
    const [first, second, third] = await Promise.all(['Ann', 'Bob', 'Eve'].map((name) => server.signUp(name)));
    bob = second as TestPerson;
    [ann, eve] = [await overBothTransports(first as TestPerson), await overBothTransports(third as TestPerson)];
    place = await startConversations(ann, bob);
  });
  afterAll(() => server.close());

  /** A conversation that exists, and one that does not, for the same request. */
  const pairs = (): [string, ConversationId, ConversationId][] => [
    ['a group', place.group, newGroup()],
    ['a direct chat', place.direct, directStream(ann.person.userId, 'nobody' as never)],
  ];

  it.each(Object.keys(opsOf) as OpKind[])(
    '[RA1] [SEC-05] [SEC-10] gets the same answer to %s in other people’s conversation as in a missing one, and changes nothing',
    async (kind) => {
      const before = await ann.state();
      for (const [what, existing, missing] of pairs()) {
        // The protocol lets anybody learn that a group's random id is taken, by creating it again.
        if (kind === 'conversation.create' && existing === place.group) continue;
        const opOn = (stream: string) => ({
          id: newId(),
          stream,
          kind,
          ...opsOf[kind]({ stream, message: place.message, user: ann.person.userId }),
        });
        const [real, absent] = await eve.refusals([opOn(existing), opOn(missing)]);
        expect({ what, answer: real }).toEqual({ what, answer: absent });
        expect(real).toMatchObject({ ok: false, error: { code: 'not_found' } });
      }
      expect(await ann.state()).toEqual(before);
    },
  );

  it('[AP5] [RA1] [SEC-07] gets the same answer for an op id that another person used as for an unused one', async () => {
    const [real, absent] = await Promise.all(
      [place.message, newId()].map(async (id) => {
        const { answer } = await eve.person.post('push', {
          ops: [{ ...sendOp(place.group, 'in the group'), id, retry: true }],
        });
        return answer.results.map((result) => (result.ok ? result : result.error));
      }),
    );
    expect(real).toEqual(absent);
  });

  it('[RA1] [SEC-05] reaches no message of other people’s conversation from one of their own, by any field', async () => {
    const own = newGroup();
    const mine = sendOp(own, 'mine');
    await eve.accepted({ id: newId(), stream: own, kind: 'conversation.create', memberIds: [] }, mine);
    const before = [await ann.state(), await eve.state()];
    const by = (messageId: string) => [
      { id: newId(), stream: own, kind: 'message.edit', messageId, text: 'changed' },
      { id: newId(), stream: own, kind: 'message.delete', messageId },
      { id: newId(), stream: own, kind: 'message.pin', messageId, on: true },
      { id: newId(), stream: own, kind: 'reaction.set', messageId, emoji: '👍', on: true },
      { id: newId(), stream: own, kind: 'poll.vote', messageId, options: [0] },
      { id: newId(), stream: own, kind: 'poll.close', messageId },
      { id: newId(), stream: own, kind: 'report.send', messageId, reason: 'spam' },
      sendOp(own, 'a reply', { replyTo: messageId }),
      { id: newId(), stream: own, kind: 'message.send', sentAt: instant(), forward: { stream: own, messageId } },
    ];
    expect(await eve.refusals(by(place.message))).toEqual(await eve.refusals(by(newId())));
    for (const [, existing, missing] of pairs()) {
      const forward = (stream: string) => ({
        id: newId(),
        stream: own,
        kind: 'message.send',
        sentAt: instant(),
        forward: { stream, messageId: place.message },
      });
      const [real, absent] = await eve.refusals([forward(existing), forward(missing)]);
      expect(real).toMatchObject({ error: { code: 'not_found' } });
      expect(real).toEqual(absent);
    }
    expect([await ann.state(), await eve.state()]).toEqual(before);
  });

  it('[RA1] [SEC-02] [SEC-10] learns nothing by pull and history', async () => {
    const blank = (answer: unknown, stream: string) => JSON.stringify(answer).replaceAll(stream, 'the stream');
    for (const [, existing, missing] of [...pairs(), ['own', personalStream(bob.userId), 'u:nobody'] as const]) {
      for (const request of [
        (stream: string) => ({ cursors: { [stream]: 0 } }),
        (stream: string) => ({ cursors: { [stream]: 1 }, only: [stream] }),
        (stream: string) => ({ cursors: {}, only: [stream], limit: 1 }),
        (stream: string) => ({ epoch: 'another', cursors: { [stream]: 999 }, only: [stream] }),
      ])
        expect(blank(await eve.ask('pull', request(existing)), existing)).toBe(
          blank(await eve.ask('pull', request(missing)), missing),
        );
      for (const more of [
        {},
        { after: 0 },
        { before: 99, limit: 1 },
        { around: { seq: 1 } },
        { around: { id: newId() } },
      ])
        expect(blank(await eve.ask('history', { stream: existing, ...more }), existing)).toBe(
          blank(await eve.ask('history', { stream: missing, ...more }), missing),
        );
    }
  });

  it('[RA1] [SEC-02] receives nothing live from conversations that they are not in', async () => {
    const group = newGroup();
    await ann.accepted(sendOp(place.group, 'not for Eve'), sendOp(place.direct, 'nor this'));
    await eve.accepted(
      { id: newId(), stream: group, kind: 'conversation.create', memberIds: [] },
      sendOp(group, 'the end'),
    );
    await eve.socket.until('changes', ({ records }) =>
      records.some((record) => 'text' in record && record.text === 'the end'),
    );
    const received = JSON.stringify(eve.socket.received('changes'));
    for (const secret of [place.group, place.direct, 'not for Eve', 'nor this']) expect(received).not.toContain(secret);
  });

  it('[RA1] includes a removed person, and the creator of a direct chat with an unknown person', async () => {
    await ann.accepted({ id: newId(), stream: place.group, kind: 'member.add', userIds: [eve.person.userId] });
    await ann.accepted({ id: newId(), stream: place.group, kind: 'member.remove', userId: eve.person.userId });
    const [real, absent] = await eve.refusals([sendOp(place.group, 'still here?'), sendOp(newGroup(), 'still here?')]);
    expect(real).toEqual(absent);
    const withNobody = directStream(eve.person.userId, 'nobody' as never);
    const [made] = await eve.refusals([
      { id: newId(), stream: withNobody, kind: 'conversation.create', memberIds: [] },
    ]);
    expect(made).toMatchObject({ error: { code: 'not_found' } });
  });
});
