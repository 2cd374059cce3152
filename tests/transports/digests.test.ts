import { describe, expect, it } from 'vitest';
import { type CursorOf, digestOf } from '#protocol/digest.ts';
import { MAX_DIGEST_CELLS } from '#protocol/limits.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { type Client, fourPeople, serverForFile, transports } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf } from './pushes.fixture.ts';
import { pull } from './reads.fixture.ts';

const server = serverForFile();
const ask = async (client: Client, request: object) => (await askUntilAvailable(client, 'pull', request)) as PullAnswer;

describe.each(transports)('digests over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  fourPeople(server, transport, (people) => ([ann, bob] = people));
  const held = async (client: Client): Promise<CursorOf[]> =>
    (await pull(client)).streams.map(({ stream, cursor }) => [stream, cursor]);

  it('[DG1] [DG3] a digest is answered with the pages of the streams that differ, and where each of them continues', async () => {
    const groups = [await groupOf(ann, bob), await groupOf(ann, bob), await groupOf(ann, bob)];
    for (const group of groups) await accepted(ann, op.send(group, 'read'));
    const cursors = await held(bob);
    const { epoch } = await ask(bob, { digest: digestOf([], 7, 3) });
    expect(await ask(bob, { epoch, digest: digestOf(cursors, 7, 30) })).toEqual({ epoch, streams: [], more: false });
    for (const group of groups.slice(1)) await accepted(ann, op.send(group, 'new'));
    let answer: PullAnswer;
    let salt = 8;
    // By chance a digest may not tell all differences; then the next one has another salt, as on a device.
    do answer = await ask(bob, { epoch, digest: digestOf(cursors, salt++, 30) });
    while (answer.more);
    const after = new Map(cursors);
    expect(answer).toMatchObject({
      more: false,
      streams: [groups[2], groups[1]].map((stream) => ({
        stream,
        after: after.get(stream as (typeof groups)[0]),
        records: [{ text: 'new' }],
      })),
    });
  });

  it('[DG2] what does not fit follows with a token, which is valid for one answer', async () => {
    for (let count = 0; count < 4; count++) await groupOf(ann, bob);
    const whole = await pull(bob);
    const ids = ({ streams }: PullAnswer) => streams.flatMap(({ records }) => records.map(({ id }) => id));
    let answer = await ask(bob, { digest: digestOf([], 9, 3), limit: 6 });
    const sent = ids(answer);
    while (answer.rest !== undefined) {
      const { token } = answer.rest;
      expect(answer.more).toBe(true);
      answer = await ask(bob, { rest: token, limit: 6 });
      sent.push(...ids(answer));
      expect(await ask(bob, { rest: `${token}x` })).toEqual({ epoch: answer.epoch, streams: [], more: true });
    }
    expect(answer.more).toBe(false);
    expect(sent.toSorted()).toEqual(ids(whole).toSorted());
  });

  it('[DG5] the number of cells is bounded, and announced', async () => {
    const three = 'A'.repeat(42);
    const cells = three.repeat(MAX_DIGEST_CELLS / 3);
    expect(await ask(ann, { digest: { salt: 1, cells } })).toMatchObject({ more: false });
    expect(await ask(ann, { digest: { salt: 1, cells: cells + three } })).toMatchObject({
      error: { code: 'too_large', path: 'digest.cells' },
    });
    expect(await ask(ann, { digest: { salt: 1, cells: 'A' } })).toMatchObject({ error: { code: 'invalid' } });
    expect(await ask(ann, { cursors: {}, rest: 'x' })).toMatchObject({ error: { code: 'invalid' } });
    expect(ann.socket.welcome.digest).toBe(MAX_DIGEST_CELLS);
  });
});
