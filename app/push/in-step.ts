import type { ConversationRow } from '#app/local-store/local-store.ts';

/** What the service worker keeps with a chat's notification. */
interface Noted {
  stream?: string;
  seq?: number;
}

/** The badge of the app's icon equals the number in the page's title. [ask 27] */
export async function showBadge(unread: number): Promise<void> {
  await navigator.setAppBadge?.(unread).catch(() => undefined);
}

/** Closes the notifications of messages that have been read, here or on another device, while the app is open. [ask 7] */
export async function closeRead(rows: readonly ConversationRow[]): Promise<void> {
  for (const notification of await shownNotifications()) {
    const { stream, seq } = (notification.data ?? {}) as Noted;
    const row = rows.find((each) => each.stream === stream);
    if (seq !== undefined && (row?.membership?.readSeq ?? 0) >= seq) notification.close();
  }
}

/** Closes every notification of this app. */
export async function closeAll(): Promise<void> {
  for (const notification of await shownNotifications()) notification.close();
}

async function shownNotifications(): Promise<readonly Notification[]> {
  // The list asks after each read, and the answer comes from another process. Without the permission there are no notifications.
  if (globalThis.Notification?.permission !== 'granted') return [];
  const registration = await navigator.serviceWorker?.getRegistration();
  return (await registration?.getNotifications?.()) ?? [];
}

/** Makes the browser send the outbox once there is a network, even after the last tab was closed. [CL13] */
export async function sendLater(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
  // Not every browser supports it, and people may forbid it.
  await sync?.register('outbox').catch(() => undefined);
}

/** The browser wakes the service worker from time to time; it decides whether and how often, and only for installed apps. */
export async function catchUpNowAndThen(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const { periodicSync } = (registration ?? {}) as {
    periodicSync?: { register(tag: string, options: { minInterval: number }): Promise<void> };
  };
  await periodicSync?.register('catch-up', { minInterval: 12 * 3_600_000 }).catch(() => undefined);
}
