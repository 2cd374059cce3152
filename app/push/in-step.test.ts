import { expect, onTestFinished, test, vi } from 'vitest';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { closeRead } from './in-step.ts';

const tea = { stream: 'g:tea', membership: { readSeq: 5 } } as unknown as ConversationRow;

/** A browser that shows two notifications of a chat. */
function browserWith(permission: 'granted' | 'default') {
  const closed: number[] = [];
  let asked = 0;
  const notifications = [5, 6].map((seq) => ({ data: { stream: 'g:tea', seq }, close: () => closed.push(seq) }));
  vi.stubGlobal('Notification', { permission });
  vi.stubGlobal('navigator', {
    serviceWorker: {
      async getRegistration() {
        asked += 1;
        return { getNotifications: async () => notifications };
      },
    },
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return { closed, asked: () => asked };
}

test('[ask 7] notifications of what has been read are closed, and no others', async () => {
  const { closed } = browserWith('granted');
  await closeRead([tea]);
  expect(closed).toEqual([5]);
});

test('without the permission the browser is not asked for notifications at each read of the list', async () => {
  const { asked } = browserWith('default');
  await closeRead([tea]);
  expect(asked()).toBe(0);
});
