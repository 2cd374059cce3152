import { keepNoUnsavedTexts } from '#app/conversation/unsaved-texts.ts';
import type { Device } from '#app/local-store/device.ts';
import { keepInMemory } from '#app/local-store/in-memory.ts';
import { sharedComputer } from '#app/state/session.ts';
import { notificationsChosen } from '#app/state/settings.ts';
import type { AppStore, Persistor } from '#app/state/store.ts';

/**
 * A cookie records, without naming anybody, that somebody signs in here as on a shared computer. The browser forgets it when it
 * is closed, like the cookie of that session. A page that finds it when it starts ends the session, because that person's tab is
 * gone. For requests with this cookie, the server forbids caches to keep files. [SEC-54]
 */
export function mark(isShared: boolean): void {
  // oxlint-disable-next-line unicorn/no-document-cookie -- a page over plain HTTP has no cookieStore
  document.cookie = `shared-computer=1; path=/; samesite=strict${isShared ? '' : '; max-age=0'}`;
}

/** Called before anything about a person is known here, so that everything stays in the memory of this page. */
export function shareComputer(store: AppStore, persistor: Persistor): void {
  // Their databases are in use.
  if (store.getState().session.isShared === true) return;
  keepInMemory();
  keepNoUnsavedTexts();
  persistor.pause();
  store.dispatch(sharedComputer());
  // A push would reach the next person.
  store.dispatch(notificationsChosen('off'));
}

/** Notes under this key that the session still has to be ended on the server. */
export async function end(device: Device, key: string): Promise<void> {
  await device.set(key, '1');
  mark(false);
}
