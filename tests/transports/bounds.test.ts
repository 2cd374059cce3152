import { describe, expect, it } from 'vitest';
import { op } from '#server/streams/testing/op.fixture.ts';
import { type Client, fourPeople, serverForFile, transports } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf } from './pushes.fixture.ts';

const server = serverForFile({ RATE_LIMIT: 'on' });

describe.each(transports)('bounds over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  fourPeople(server, transport, (people) => ([ann, bob] = people));

  it('[VB9] [REL-17] a person with too many reads in flight gets the time to wait, and other people are served', async () => {
    const group = await groupOf(ann, bob);
    const reads = Array.from({ length: 120 }, () => ann.ask('pull', { cursors: {} }));
    await accepted(bob, op.send(group, 'meanwhile'));
    expect(await askUntilAvailable(bob, 'history', { stream: group })).toHaveProperty('records');
    const refused = (await Promise.all(reads)).flatMap((answer) => ('error' in answer ? [answer.error] : []));
    // A busy machine may answer `unavailable` to some.
    const limited = refused.filter(({ code }) => code !== 'unavailable');
    expect(limited.length).toBeGreaterThan(0);
    for (const error of limited) expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 1_000 });
    expect(await askUntilAvailable(ann, 'pull', { cursors: {} })).toHaveProperty('streams');
  });
});
