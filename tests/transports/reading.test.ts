import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConversationId, directStream } from '#protocol/ids.ts';
import type { KnownRecord, MessageRecord } from '#protocol/record.ts';
import { type TestServer, startTestServer } from '#server/testing/server.fixture.ts';
import { newGroup, op } from '#server/streams/testing/world.fixture.ts';
import {
  type Asker,
  done,
  fourPeople,
  groupOf,
  heard,
  history,
  messageOf,
  page,
  patiently,
  play,
  pull,
  seen,
  ways,
} from './way.fixture.ts';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

describe.each(ways)('reading over %s', (way) => {
  let ann: Asker;
  let bob: Asker;
  let eve: Asker;
  beforeAll(async () => {
    [ann, bob, eve] = (await fourPeople(server, way)) as [Asker, Asker, Asker];
  });
  const said = (stream: ConversationId, count: number) =>
    Array.from({ length: count }, (_, at) => op.send(stream, `${at + 1}`));

  it('[ST2] [ST3] [ST4] a reader’s pages beside busy writers leave no gap: all end in one state, seqs dense, one order', async () => {
    const group = await groupOf(ann, bob, eve);
    const { cursor: start = 0 } = (await page(eve, group)) ?? {};
    const kept = op.send(group, 'to be changed');
    await done(ann, kept);
    let isWriting = true;
    const write = async (who: Asker) => {
      for (let nth = 0; nth < 8; nth++)
        await play(...said(group, 3).map((given) => [who, given] as const), [
          who,
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

  it('[ST1] a changed message stands in its feed once, at its latest rev', async () => {
    const group = await groupOf(ann, bob);
    const [first, second] = [op.send(group, '1'), op.send(group, '2')];
    await play(
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

  it('[RA1] what one may not know answers as what is missing', async () => {
    const [group, missing] = [await groupOf(ann, bob), newGroup()];
    const sent = op.send(group, 'a secret');
    await done(ann, sent);
    const told = async (stream: ConversationId) => {
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
        (await patiently(eve, 'push', { ops })).results.map((result) => ({ ...result, id: '' })),
        await page(eve, stream, 1),
        await page(eve, stream),
        await patiently(eve, 'history', { stream }),
      ];
      return JSON.stringify(answers).replaceAll(stream, 'the stream');
    };
    expect(await told(group)).toBe(await told(missing));
    expect(await told(group)).toContain('not_found');
    expect(eve.socket.received('changes').filter(({ stream }) => stream === group)).toEqual([]);
    expect(await history(ann, group)).toMatchObject([{ text: 'a secret', reactions: {} }]);
  });

  it('[RA2] a newcomer of a group with `history: joined` gets nothing older, in pull, history and live changes', async () => {
    const group = newGroup();
    const old = op.send(group, 'older');
    await play(
      [ann, op.create(group, [eve.userId], { history: 'joined' })],
      [ann, old],
      [ann, op.add(group, bob.userId)],
    );
    await play(
      [ann, op.edit(group, old.id, 'older, edited')],
      [eve, op.react(group, old.id, '👍')],
      [ann, op.send(group, 'newer')],
    );
    await Promise.all([bob, eve].map((who) => heard(who, group, 'text', 'newer')));
    const told = async (who: Asker) =>
      JSON.stringify([
        who.socket.received('changes').filter(({ stream }) => stream === group),
        await page(who, group),
        await page(who, group, (await page(who, group))?.cursor ?? 0),
        await history(who, group),
        await history(who, group, { after: 0 }),
      ]);
    expect(await told(eve)).toContain('older, edited');
    expect(await told(bob)).toContain('newer');
    expect(await told(bob)).not.toContain('older');
    const chain = bob.socket.received('changes').filter(({ stream }) => stream === group);
    expect(chain.every(({ prev }, at) => at === 0 || prev === chain[at - 1]?.cursor)).toBe(true);
  });

  it('[RA3] one who was removed is no reader of the removal, nor of anything later, live or by any verb', async () => {
    const [group, fence] = [await groupOf(ann, bob, eve), directStream(ann.userId, bob.userId)];
    const sent = op.send(group, 'for all');
    await play([ann, op.create(fence, [])], [ann, sent]);
    await heard(bob, group, 'text', 'for all');
    const before = bob.socket.received('changes').filter(({ stream }) => stream === group);
    const cursor = before.at(-1)?.cursor ?? 0;
    await play(
      [ann, op.remove(group, bob.userId)],
      [ann, op.send(group, 'without Bob')],
      [ann, op.edit(group, sent.id, 'changed without Bob')],
    );
    await heard(eve, group, 'text', 'changed without Bob');
    await done(ann, op.send(fence, `behind the removal from ${group}`));
    await heard(bob, fence, 'text', `behind the removal from ${group}`);
    expect(bob.socket.received('changes').filter(({ stream }) => stream === group)).toEqual(before);
    const gone = { stream: group, records: [], cursor: 0, more: false, reset: true };
    expect(await page(bob, group, cursor)).toEqual(gone);
    expect(await page(bob, group)).toEqual(gone);
    expect(await patiently(bob, 'history', { stream: group })).toMatchObject({
      error: { code: 'not_found', path: 'stream' },
    });
    await play(
      [bob, op.send(group, 'x'), 'not_found stream'],
      [bob, op.edit(group, sent.id, 'x'), 'not_found stream'],
      [bob, op.mark(group, { readSeq: 1 }), 'not_found stream'],
      [bob, op.settings(group, { pinned: true }), 'not_found stream'],
      [bob, op.add(group, bob.userId), 'not_found stream'],
    );
    expect(await messageOf(ann, group, sent.id)).toMatchObject({ text: 'changed without Bob' });
    expect(JSON.stringify(await seen(bob, bob.own))).not.toContain('without Bob');
  });
});
