import { afterEach, expect, test } from 'vitest';
import { until } from './testing/fake-clock.fixture.ts';
import { openTabChannel, type TabChannel, type TabMessage } from './tab-channel.ts';

const open: (TabChannel | BroadcastChannel)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

test('tabs receive each other’s messages, not their own, and ignore everything that does not parse', async () => {
  const name = `tabs-${process.pid}`;
  const received: { a: TabMessage[]; b: TabMessage[] } = { a: [], b: [] };
  const a = openTabChannel(name);
  const b = openTabChannel(name);
  a.listen((message) => received.a.push(message));
  b.listen((message) => received.b.push(message));
  const raw = new BroadcastChannel(name);
  open.push(a, b, raw);
  for (const strange of [
    null,
    'queued',
    { kind: 'status', status: { connection: { phase: 'asleep' } } },
    { kind: 'sing' },
  ])
    raw.postMessage(strange);
  const status = {
    kind: 'status',
    status: { connection: { phase: 'connecting', nextTryAt: 5 }, caughtUpAt: null },
  } as const;
  a.post({ kind: 'queued' });
  a.post({ kind: 'wake', why: 'press' });
  a.post(status);
  b.post({ kind: 'ask' });
  await until(() => received.a.length === 1 && received.b.length === 3);
  expect(received).toEqual({ a: [{ kind: 'ask' }], b: [{ kind: 'queued' }, { kind: 'wake', why: 'press' }, status] });
});
