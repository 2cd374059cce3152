import { describe, expect, it, vi } from 'vitest';
import { type ConversationId, sentIdOf } from '#protocol/ids.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { type Client, fourPeople, serverForFile, transports } from './clients.fixture.ts';
import { accepted, groupOf, pushEach } from './pushes.fixture.ts';
import { history, recordsOf } from './reads.fixture.ts';

const server = serverForFile();
const HOUR_MS = 3_600_000;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const WAIT = { timeout: 60_000 };

/** The scheduled messages of one person in one conversation. */
async function waiting(client: Client, stream: ConversationId): Promise<ScheduledMessage[]> {
  const records = await recordsOf(client, client.own);
  return records
    .flatMap((record) => (record.type === 'scheduled' ? (record.message ?? []) : []))
    .filter(({ conversation }) => conversation === stream);
}

const sent = async (client: Client, stream: ConversationId) =>
  (await history(client, stream)).filter(({ event }) => event === undefined).map(({ id, text }) => [id, text]);

describe.concurrent.each(transports)('scheduled messages over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  fourPeople(server, transport, (people) => ([ann, bob, eve] = people));

  it('[SM1] [RA1] a scheduled message waits where only its author sees it, and a stranger learns nothing', async () => {
    const group = await groupOf(ann, bob);
    const given = op.schedule(group, 'later', inMs(HOUR_MS), { mentions: [bob.userId] });
    const { rev, stream, ...rest } = await accepted(ann, given);
    expect([stream, rest]).toEqual([ann.own, { id: given.id, ok: true }]);
    await ann.socket.until(
      'changes',
      (changes) => changes.stream === ann.own && changes.records.some((record) => record.rev === rev),
    );
    await pushEach(
      [ann, { ...given, retry: true }],
      [eve, op.schedule(group, 'x', inMs(HOUR_MS)), 'not_found stream'],
      [ann, op.schedule(group, 'x', inMs(HOUR_MS), { mentions: [eve.userId] }), 'not_found mentions.0'],
      [ann, op.schedule(group, '', inMs(HOUR_MS)), 'invalid text'],
      [ann, op.schedule(group, 'x', inMs(400 * 24 * HOUR_MS)), 'too_large dueAt'],
    );
    expect(await waiting(ann, group)).toMatchObject([{ id: given.id, text: 'later', mentions: [bob.userId] }]);
    expect([await sent(ann, group), await waiting(bob, group)]).toEqual([[], []]);
  });

  it('[SM2] [SM4] only its author can change it, send it at once or take it back', async () => {
    const group = await groupOf(ann, bob);
    const [first, second] = [op.schedule(group, 'one', inMs(HOUR_MS)), op.schedule(group, 'two', inMs(HOUR_MS))];
    await pushEach(
      [ann, first],
      [ann, second],
      [ann, op.reschedule(group, first.id, { text: 'changed', dueAt: inMs(2 * HOUR_MS) })],
      [bob, op.reschedule(group, first.id, { text: 'not yours' }), 'not_found scheduledId'],
      [bob, op.unschedule(group, first.id)],
      [eve, op.unschedule(group, first.id), 'not_found scheduledId'],
      [ann, op.unschedule(group, second.id)],
      [ann, op.unschedule(group, second.id)],
      [ann, op.reschedule(group, second.id, { text: 'x' }), 'not_found scheduledId'],
      [ann, op.reschedule(group, first.id, { dueAt: null })],
    );
    await vi.waitFor(async () => expect(await sent(bob, group)).toEqual([[sentIdOf(first.id), 'changed']]), WAIT);
    await vi.waitFor(async () => expect(await waiting(ann, group)).toEqual([]), WAIT);
    await pushEach(
      [ann, op.unschedule(group, first.id), 'conflict scheduledId'],
      [ann, op.reschedule(group, first.id, { text: 'x' }), 'conflict scheduledId'],
    );
  });

  it('[SM3] [SM5] messages are sent in the order of their times; one that is refused then stays, with its reason', async () => {
    const [group, left] = [await groupOf(ann, bob), await groupOf(bob, ann)];
    const refused = op.schedule(left, 'to those whom they left', inMs(5_000));
    const texts = ['third', 'first', 'second'];
    const times = [3_400, 3_000, 3_200].map(inMs);
    await pushEach([ann, refused], [ann, op.remove(left, ann.userId)]);
    await pushEach(...texts.map((text, at) => [ann, op.schedule(group, text, times[at] as string)] as const));
    await vi.waitFor(
      async () => expect((await sent(bob, group)).map(([, text]) => text)).toEqual(['first', 'second', 'third']),
      WAIT,
    );
    const failure = { code: 'not_found', path: 'stream' };
    await vi.waitFor(async () => expect(await waiting(ann, left)).toMatchObject([{ id: refused.id, failure }]), WAIT);
    await pushEach([ann, op.unschedule(left, refused.id)]);
    expect([await waiting(ann, left), await sent(bob, left)]).toEqual([[], []]);
  });
});
