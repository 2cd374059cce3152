import { describe, expect, it } from 'vitest';
import { type ConversationId, directStream } from '#protocol/ids.ts';
import { OPEN, PRIVACY_PATH } from '#protocol/privacy.ts';
import type { KnownRecord, MessageRecord } from '#protocol/record.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { type Client, fourPeople, transports, serverForFile } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf, pushEach } from './pushes.fixture.ts';
import { history, messageOf, page, pull, receivedLive, recordsOf } from './reads.fixture.ts';

const server = serverForFile();

describe.each(transports)('reading over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  fourPeople(server, transport, (people) => ([ann, bob, eve] = people));
  const numbered = (stream: ConversationId, count: number) =>
    Array.from({ length: count }, (_, at) => op.send(stream, `${at + 1}`));

  it('[ST2] [ST3] [ST4] a reader’s pages have no gap while others write; all readers end in one state, with dense seqs in one order', async () => {
    const group = await groupOf(ann, bob, eve);
    const { cursor: start = 0 } = (await page(eve, group)) ?? {};
    const kept = op.send(group, 'to be changed');
    await accepted(ann, kept);
    let isWriting = true;
    const write = async (client: Client) => {
      for (let nth = 0; nth < 8; nth++)
        await pushEach(...numbered(group, 3).map((given) => [client, given] as const), [
          client,
          op.react(group, kept.id, nth % 2 ? '👍' : '🎈', nth % 4 < 2),
        ]);
    };
    const writing = Promise.all([ann, bob].map(write)).finally(() => (isWriting = false));
    const held = new Map<string, KnownRecord>();
    let cursor = start;
    for (let isLast = false, more = false; !isLast || more;) {
      isLast = !isWriting;
      const { streams } = await pull(eve, { only: [group], cursors: { [group]: cursor }, limit: 5 });
      const [found] = streams;
      more = found?.more ?? false;
      for (const record of (found?.records ?? []) as KnownRecord[]) {
        expect(record.rev).toBeGreaterThan(cursor);
        held.set(record.id, record);
      }
      cursor = found?.cursor ?? cursor;
    }
    await writing;
    const wanted = await history(ann, group);
    expect(wanted.map(({ seq }) => seq)).toEqual(Array.from({ length: 49 }, (_, at) => at + 1));
    expect(await history(bob, group)).toEqual(wanted);
    const messages = [...held.values()].filter((record): record is MessageRecord => record.type === 'message');
    expect(messages.sort((a, b) => a.seq - b.seq)).toEqual(wanted);
  });

  it('[PV2] a person who hides how far they have read pulls the members without the read marks of others', async () => {
    const group = await groupOf(ann, bob);
    await pushEach(
      [ann, op.send(group, '1')],
      [ann, op.mark(group, { readSeq: 1 })],
      [bob, op.mark(group, { readSeq: 1 })],
    );
    const marksOf = async (reader: Client) => {
      const members = (await recordsOf(reader, group)).filter((record) => record.type === 'member');
      return Object.fromEntries(members.map(({ name, readSeq, deliveredSeq }) => [name, [readSeq, deliveredSeq]]));
    };
    await expect.poll(() => marksOf(ann)).toEqual({ Ann: [1, 1], Bob: [1, 1] });
    await bob.person.request('PUT', PRIVACY_PATH, { ...OPEN, readReceipts: false });
    expect(await marksOf(bob)).toEqual({ Ann: [undefined, 1], Bob: [1, 1] });
    expect(await marksOf(ann)).toEqual({ Ann: [1, 1], Bob: [1, 1] });
    await bob.person.request('PUT', PRIVACY_PATH, OPEN);
  });

  it('[ST1] a feed has a changed message once, at its latest rev', async () => {
    const group = await groupOf(ann, bob);
    const [first, second] = [op.send(group, '1'), op.send(group, '2')];
    await pushEach(
      [ann, first],
      [ann, second],
      [ann, op.edit(group, first.id, 'a')],
      [bob, op.react(group, first.id, '👍')],
    );
    for (const cursor of [undefined, 3, 4])
      expect((await page(bob, group, cursor))?.records.filter(({ id }) => id === first.id)).toMatchObject([
        { rev: 7, seq: 1, text: 'a' },
      ]);
  });

  it('[RA1] things that a person may not know of are answered like missing ones', async () => {
    const [group, missing] = [await groupOf(ann, bob), newGroup()];
    const sent = op.send(group, 'a secret');
    await accepted(ann, sent);
    const answersFor = async (stream: ConversationId) => {
      const ops = [
        op.send(stream, 'x'),
        op.edit(stream, sent.id, 'x'),
        op.delete(stream, sent.id),
        op.react(stream, sent.id, '👍'),
        op.mark(stream, { readSeq: 1 }),
        op.settings(stream, { pinned: true }),
        op.add(stream, eve.userId),
        op.remove(stream, bob.userId),
        op.role(stream, bob.userId, 'admin'),
        op.update(stream, { title: 'x' }),
      ];
      const answers = [
        (await askUntilAvailable(eve, 'push', { ops })).results.map((result) => ({ ...result, id: '' })),
        await page(eve, stream, 1),
        await page(eve, stream),
        await askUntilAvailable(eve, 'history', { stream }),
      ];
      return JSON.stringify(answers).replaceAll(stream, 'the stream');
    };
    expect(await answersFor(group)).toBe(await answersFor(missing));
    expect(await answersFor(group)).toContain('not_found');
    expect(eve.socket.received('changes').filter(({ stream }) => stream === group)).toEqual([]);
    expect(await history(ann, group)).toMatchObject([{ text: 'a secret', reactions: {} }]);
  });

  it('[RA2] a newcomer to a group with `history: joined` gets nothing older by pull, history or live changes', async () => {
    const group = newGroup();
    const old = op.send(group, 'older');
    await pushEach(
      [ann, op.create(group, [eve.userId], { history: 'joined' })],
      [ann, old],
      [ann, op.add(group, bob.userId)],
    );
    await pushEach(
      [ann, op.edit(group, old.id, 'older, edited')],
      [eve, op.react(group, old.id, '👍')],
      [ann, op.send(group, 'newer')],
    );
    await Promise.all([bob, eve].map((client) => receivedLive(client, group, 'text', 'newer')));
    const everything = async (client: Client) =>
      JSON.stringify([
        client.socket.received('changes').filter(({ stream }) => stream === group),
        await page(client, group),
        await page(client, group, (await page(client, group))?.cursor ?? 0),
        await history(client, group),
        await history(client, group, { after: 0 }),
      ]);
    expect(await everything(eve)).toContain('older, edited');
    expect(await everything(bob)).toContain('newer');
    expect(await everything(bob)).not.toContain('older');
    const chain = bob.socket.received('changes').filter(({ stream }) => stream === group);
    expect(chain.every(({ prev }, at) => at === 0 || prev === chain[at - 1]?.cursor)).toBe(true);
  });

  it('[RA3] a removed person reads neither the removal nor anything later, live or by any verb', async () => {
    const [group, fence] = [await groupOf(ann, bob, eve), directStream(ann.userId, bob.userId)];
    const sent = op.send(group, 'for all');
    await pushEach([ann, op.create(fence, [])], [ann, sent]);
    await receivedLive(bob, group, 'text', 'for all');
    const before = bob.socket.received('changes').filter(({ stream }) => stream === group);
    const cursor = before.at(-1)?.cursor ?? 0;
    await pushEach(
      [ann, op.remove(group, bob.userId)],
      [ann, op.send(group, 'without Bob')],
      [ann, op.edit(group, sent.id, 'changed without Bob')],
    );
    await receivedLive(eve, group, 'text', 'changed without Bob');
    await accepted(ann, op.send(fence, `after the removal from ${group}`));
    await receivedLive(bob, fence, 'text', `after the removal from ${group}`);
    expect(bob.socket.received('changes').filter(({ stream }) => stream === group)).toEqual(before);
    const gone = { stream: group, records: [], cursor: 0, more: false, reset: true };
    expect(await page(bob, group, cursor)).toEqual(gone);
    expect(await page(bob, group)).toEqual(gone);
    expect(await askUntilAvailable(bob, 'history', { stream: group })).toMatchObject({
      error: { code: 'not_found', path: 'stream' },
    });
    await pushEach(
      [bob, op.send(group, 'x'), 'not_found stream'],
      [bob, op.edit(group, sent.id, 'x'), 'not_found stream'],
      [bob, op.mark(group, { readSeq: 1 }), 'not_found stream'],
      [bob, op.settings(group, { pinned: true }), 'not_found stream'],
      [bob, op.add(group, bob.userId), 'not_found stream'],
    );
    expect(await messageOf(ann, group, sent.id)).toMatchObject({ text: 'changed without Bob' });
    expect(JSON.stringify(await recordsOf(bob, bob.own))).not.toContain('without Bob');
  });
});
