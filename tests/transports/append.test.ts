import { describe, expect, it } from 'vitest';
import { GROUP_LINKS_PATH, type MadeLink } from '#protocol/group-links.ts';
import { type ConversationId, directStream } from '#protocol/ids.ts';
import { ops } from '#protocol/op.ts';
import type { OpResult } from '#protocol/verbs.ts';
import { newGroup, nextId, op } from '#server/streams/testing/op.fixture.ts';
import { type Client, clientOf, fourPeople, transports, serverForFile } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf, outcomeOf, pushEach } from './pushes.fixture.ts';
import { history, membershipOf, messageOf, page, recordsOf } from './reads.fixture.ts';

const server = serverForFile();

describe.concurrent.each(transports)('an op sent over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  fourPeople(server, transport, (people) => ([ann, bob, eve] = people));
  const times = (length: number, value: unknown) => Array.from({ length }, () => value);
  /** The parts of an answer that a repeated op gets again. [AP3] */
  const stableParts = (results: OpResult[]) =>
    results.map((result) => (result.ok ? { ...result, rev: undefined } : result.error));

  it('[SH1] [SH3] [SH4] in a malformed form is refused with code and path, and has no effect', async () => {
    const group = await groupOf(ann, bob);
    const { length } = await recordsOf(ann, group);
    const unsorted = directStream(ann.userId, bob.userId).replace(/^d:(.*)\.(.*)$/, 'd:$2.$1') as ConversationId;
    const send = (more: object) => op.send(group, 'x', more);
    await pushEach(
      [ann, send({ surplus: 1 }), 'invalid surplus'],
      [ann, JSON.parse(JSON.stringify(send({})).replace('{', '{"__proto__":1,')) as object, 'invalid __proto__'],
      [ann, send({ text: 7 }), 'invalid text'],
      [ann, send({ text: { $gt: '' } }), 'invalid text'],
      [ann, send({ mentions: [bob.userId, 'no one!'] }), 'invalid mentions.1'],
      [ann, send({ attachments: [{ mediaId: '/' }] }), 'invalid attachments.0.mediaId'],
      [ann, send({ kind: 'message.shout' }), 'invalid kind'],
      [ann, send({ id: '00000000-0000-4000-8000-000000000000' }), 'invalid id'],
      [ann, send({ id: nextId().toUpperCase().replace(/^0/, 'A') }), 'invalid id'],
      [ann, send({ stream: 'g:00000000-0000-4000-8000-000000000000' }), 'invalid stream'],
      [ann, send({ stream: ann.own }), 'invalid stream'],
      [ann, send({ stream: unsorted }), 'invalid stream'],
      [ann, op.add(group, 'no one!' as never), 'invalid userIds.0'],
    );
    expect(await recordsOf(bob, group)).toHaveLength(length);
    // Both sides derive the same name for a chat; notes to oneself have one's id twice.
    const [direct, notes] = [directStream(bob.userId, ann.userId), directStream(ann.userId, ann.userId)];
    await pushEach([ann, op.create(direct, [])], [bob, op.create(directStream(ann.userId, bob.userId), [])]);
    await pushEach([ann, op.create(notes, [])], [ann, op.send(notes, 'to myself')]);
    expect(await recordsOf(ann, notes)).toMatchObject([
      { type: 'conversation' },
      { userId: ann.userId },
      { text: 'to myself' },
    ]);
  });

  it('[SH2] [SH7] is accepted up to its limits in UTF-16 code units, and keeps every character', async () => {
    const group = await groupOf(ann);
    const texts = ['\u{1F388}'.repeat(4_000), '  \0 \r\n \u202e not trimmed \t '];
    const sent = texts.map((text) => op.send(group, text));
    await pushEach(
      ...sent.map((given) => [ann, given] as const),
      [ann, op.send(group, `${texts[0]}x`), 'too_large text'],
      [ann, op.update(group, { title: 'x'.repeat(201) }), 'too_large title'],
      [ann, op.send(group, 'x', { mentions: times(51, ann.userId) }), 'too_large mentions'],
      [ann, op.send(group, 'x', { attachments: times(11, { mediaId: 'm' }) }), 'too_large attachments'],
      [ann, op.send(group, 'half a pair \ud83c'), 'invalid text'],
    );
    expect((await history(ann, group)).map(({ text }) => text)).toEqual(texts);
    expect(await ann.ask('push', { ops: times(101, {}) })).toMatchObject({
      error: { code: 'too_large', path: 'ops' },
    });
  });

  it('[SH6] is ordered by arrival, whatever its clock says, and times are UTC with milliseconds', async () => {
    const group = await groupOf(ann);
    const times = ['2999-01-01T00:00:00.000Z', '1999-01-01T00:00:00.000Z', '2026-11-24T10:00:00.000Z'];
    await pushEach(
      ...times.map((sentAt) => [ann, op.send(group, sentAt, { sentAt })] as const),
      [ann, op.send(group, 'x', { sentAt: '2026-11-24T10:00:00Z' }), 'invalid sentAt'],
      [ann, op.send(group, 'x', { sentAt: '2026-11-24T10:00:00.000+01:00' }), 'invalid sentAt'],
    );
    const records = await history(ann, group);
    expect(records.map(({ seq, sentAt }) => [seq, sentAt])).toEqual(times.map((sentAt, at) => [at + 1, sentAt]));
    for (const { createdAt } of records) expect(new Date(createdAt).toISOString()).toBe(createdAt);
    expect((await page(ann, group))?.cursor).toBe(5);
  });

  it('[AP2] takes effect once, however often, over whichever transport and however concurrently it is sent', async () => {
    const group = await groupOf(ann, bob);
    const given = op.send(group, 'once');
    const twin = await clientOf(ann.person, 'Ann', transport === 'http' ? 'socket' : 'http');
    const answers = await Promise.all(
      [given, { ...given, retry: true }, given, { ...given, retry: true }].flatMap((copy) => [
        askUntilAvailable(ann, 'push', { ops: [copy, copy] }),
        askUntilAvailable(ann, 'push', { ops: [copy] }),
        askUntilAvailable(twin, 'push', { ops: [copy] }),
      ]),
    );
    const [first] = await pushEach([ann, given]);
    expect(answers.flatMap(({ results }) => results)).toEqual(times(16, first));
    expect((await history(bob, group)).map(({ text }) => text)).toEqual(['once']);
  });

  it('[AP3] of every kind is answered with its first stream and seq when it is repeated, and changes nothing', async () => {
    const group = await groupOf(ann, bob);
    const [first, second] = [op.send(group, 'one'), op.send(group, 'two')];
    const poll = op.send(group, 'Which?', { poll: { options: ['a', 'b'] } });
    const scheduled = op.schedule(group, 'later', new Date(Date.now() + 86_400_000).toISOString());
    const link = { stream: group, days: 1, maxUses: 1 };
    const { token } = (await ann.person.request<MadeLink>('POST', GROUP_LINKS_PATH, link)).answer;
    const given = [
      first,
      second,
      poll,
      op.vote(group, poll.id, 1),
      op.close(group, poll.id),
      op.edit(group, first.id, 'edited'),
      op.react(group, first.id, '👍'),
      op.pin(group, first.id),
      op.add(group, eve.userId),
      op.join(group, token),
      op.role(group, bob.userId, 'admin'),
      op.update(group, { title: 'New' }),
      op.mark(group, { readSeq: 1 }),
      op.settings(group, { pinned: true }),
      op.report(group),
      scheduled,
      op.reschedule(group, scheduled.id, { text: 'even later' }),
      op.unschedule(group, scheduled.id),
      op.remove(group, eve.userId),
      op.create(newGroup(), [bob.userId]),
      op.delete(group, first.id),
    ];
    expect(new Set(given.map(({ kind }) => kind))).toEqual(new Set(Object.keys(ops)));
    const wanted = stableParts(await pushEach(...given.map((each) => [ann, each] as const)));
    const before = [await history(bob, group), await membershipOf(ann, group)];
    expect(stableParts(await pushEach(...given.map((each) => [ann, each] as const)))).toEqual(wanted);
    expect(stableParts(await pushEach(...given.map((each) => [ann, { ...each, retry: true }] as const)))).toEqual(
      wanted,
    );
    expect([await history(bob, group), await membershipOf(ann, group)]).toEqual(before);
  });

  it('[AP4] is recognised by id and stream alone, even when its sender has left since', async () => {
    const group = await groupOf(ann, bob);
    const sent = op.send(group, 'hello');
    const [first] = await pushEach([bob, sent], [bob, op.remove(group, bob.userId)]);
    const copy = { id: sent.id, stream: group, kind: 'nonsense', text: 7, retry: true };
    expect(await pushEach([bob, sent], [bob, copy])).toEqual([first, first]);
    await pushEach([bob, op.send(group, 'another'), 'not_found stream']);
  });

  it('[AP5] with the id of another person’s op is a conflict or not found, and reveals nothing', async () => {
    const [group, other] = [await groupOf(ann, bob), await groupOf(ann)];
    const sent = op.send(group, 'mine');
    const results = await pushEach(
      [ann, sent],
      [bob, sent, 'conflict id'],
      [bob, { ...sent, retry: true }, 'conflict id'],
      [ann, { ...sent, stream: other }, 'conflict id'],
      [eve, sent, 'not_found stream'],
      [eve, { ...sent, retry: true }, 'not_found stream'],
    );
    for (const result of results.slice(1)) expect(Object.keys(result).sort()).toEqual(['error', 'id', 'ok']);
    expect(await history(ann, other)).toEqual([]);
  });

  it('[AP6] among bad ones gets its own result, in order', async () => {
    const group = await groupOf(ann);
    const given = [
      op.send(group, '1'),
      7,
      { id: 'x', stream: group },
      null,
      op.send(newGroup(), '?'),
      op.send(group, '2'),
    ];
    const { results } = await askUntilAvailable(ann, 'push', { ops: given });
    const ids = given.map((each) => (each as { id?: string } | null)?.id ?? '');
    expect(results.map(({ id }) => id)).toEqual(ids);
    expect(results.map((result) => outcomeOf(result).split(' ')[0])).toEqual([
      'ok',
      'invalid',
      'invalid',
      'invalid',
      'not_found',
      'ok',
    ]);
    expect((await history(ann, group)).map(({ text }) => text)).toEqual(['1', '2']);
  });

  it('[AP8] that was refused with `retry: true` is refused in every copy; other failures are not remembered', async () => {
    const group = await groupOf(ann);
    const [early, resent] = [op.send(group, 'early'), op.send(group, 'sent again')];
    await pushEach(
      [bob, early, 'not_found stream'],
      [bob, { ...resent, retry: true }, 'not_found stream'],
      [ann, op.add(group, bob.userId)],
      [bob, early],
      [bob, resent, 'not_found stream'],
      [bob, { ...resent, retry: true }, 'not_found stream'],
    );
    expect((await history(ann, group)).map(({ text }) => text)).toEqual(['', 'early']);
  });

  it('[AP10] cannot refer to a message of another stream by any field', async () => {
    const [group, other] = [await groupOf(ann), await groupOf(ann)];
    const { id } = op.send(other, 'there');
    await pushEach(
      [ann, { ...op.send(other, 'there'), id }],
      [ann, op.edit(group, id, 'x'), 'not_found messageId'],
      [ann, op.delete(group, id), 'not_found messageId'],
      [ann, op.pin(group, id), 'not_found messageId'],
      [ann, op.react(group, id, '👍'), 'not_found messageId'],
      [ann, op.send(group, 're', { replyTo: id }), 'not_found replyTo'],
      [ann, op.forward(group, group, id), 'not_found forward.messageId'],
    );
    expect(await messageOf(ann, other, id)).toMatchObject({ text: 'there', reactions: {} });
  });

  it('[AP12] is answered with the highest rev that it made, or the current one if it had no effect', async () => {
    const group = newGroup();
    const sent = op.send(group, 'x');
    const revs: [number, number | undefined][] = [];
    for (const given of [
      op.create(group, [bob.userId, eve.userId]),
      sent,
      op.update(group, { title: 'New' }),
      op.remove(group, eve.userId),
      op.delete(group, sent.id),
      op.delete(group, sent.id),
    ]) {
      const { stream, rev } = await accepted(ann, given);
      expect(stream).toBe(group);
      revs.push([rev, (await page(ann, group))?.cursor]);
    }
    expect(revs).toEqual([4, 5, 7, 9, 10, 10].map((rev) => [rev, rev]));
    const { rev, stream } = await accepted(ann, op.settings(group, { pinned: true }));
    expect({ stream, rev }).toEqual({ stream: ann.own, rev: (await membershipOf(ann, group)).rev });
    expect(await accepted(ann, op.settings(group, { pinned: true }))).toMatchObject({ stream, rev });
  });

  it('[ST5] takes effect after earlier ops of its device, whichever queues they go through', async () => {
    const group = newGroup();
    const results = await pushEach(
      [ann, op.create(group, [bob.userId])],
      [ann, op.settings(group, { pinned: true })],
      [ann, op.send(group, '1')],
      [ann, op.mark(group, { readSeq: 1 })],
      [ann, op.send(group, '2')],
      [ann, op.settings(group, { pinned: false })],
      [ann, op.add(group, eve.userId)],
      [ann, op.send(group, '4')],
    );
    const seqs = results.map((result) => (result.ok ? result.seq : undefined));
    expect(seqs).toEqual([undefined, undefined, 1, undefined, 2, undefined, 3, 4]);
    const membership = await membershipOf(ann, group);
    expect(membership).toMatchObject({ readSeq: 1 });
    expect(membership).not.toHaveProperty('pinnedAt');
  });
});
