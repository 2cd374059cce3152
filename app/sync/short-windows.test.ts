import { expect, test } from 'vitest';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { fakeClock, pass } from './testing/fake-clock.fixture.ts';
import { createShortWindows } from './short-windows.ts';

fakeClock();

/** The messages from `historyStart` to 100 are held. */
function chat(name: string, historyStart: number, more: object = {}): ConversationRow {
  const row = { stream: `g:${name}`, activityAt: name, lastSeq: 100, historyStart, isWhole: false, membership: {} };
  return { ...row, ...more } as unknown as ConversationRow;
}

function setUp(rows: ConversationRow[], loads: () => Promise<boolean> = async () => true) {
  const asked: ConversationId[] = [];
  const loadEarlier = async (stream: ConversationId) => {
    asked.push(stream);
    return loads();
  };
  let looks = 0;
  const conversations = async () => {
    looks += 1;
    return rows;
  };
  const windows = createShortWindows({ store: { conversations }, loadEarlier, onDefect: () => expect.unreachable() });
  return { windows, asked, looks: () => looks };
}

test('[VB11] chats that started with few messages are filled in the order of their activity, and the others are left alone', async () => {
  const { windows, asked } = setUp([
    chat('1', 81),
    chat('2', 51),
    chat('3', 81),
    chat('4', 90, { isWhole: true }),
    chat('5', 90, { membership: { leftAt: 'now' } }),
    chat('6', 0),
  ]);
  windows.fill();
  await pass(2_000);
  expect(asked).toEqual(['g:3', 'g:1']);
});

test('chats that were filled are not looked at again until there are new chats', async () => {
  const { windows, looks } = setUp([chat('1', 81)]);
  windows.fill();
  await pass(1_000);
  windows.fill();
  await pass(1_000);
  expect(looks()).toBe(1);
  windows.note();
  windows.fill();
  await pass(1_000);
  expect(looks()).toBe(2);
});

test('when no messages come, the rest waits until the device has caught up again', async () => {
  let isConnected = false;
  const { windows, asked } = setUp([chat('2', 81), chat('1', 81)], async () => isConnected);
  windows.fill();
  await pass(2_000);
  expect(asked).toEqual(['g:2']);
  isConnected = true;
  windows.fill();
  await pass(2_000);
  expect(asked).toEqual(['g:2', 'g:2', 'g:1']);
});

test('nothing is asked for once it is closed', async () => {
  const { windows, asked } = setUp([chat('2', 81), chat('1', 81)]);
  windows.fill();
  await pass(100, 100);
  windows.close();
  await pass(2_000);
  expect(asked).toEqual([]);
});
