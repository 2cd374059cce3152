import type { AppStore } from '#app/state/store.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import type { HeldSession } from './held-session.ts';
import type { SessionActions } from './session-actions.ts';

/** Always resolves to the same session. Its code is fetched when it is first needed, which is rare. */
export type LoadSession = () => Promise<HeldSession>;

export function heldSession(store: AppStore, actions: SessionActions): LoadSession {
  let loading: Promise<HeldSession> | undefined;
  return () => {
    loading ??= importWithRetry(() => import('./held-session.ts')).then(({ holdSession }) =>
      holdSession(store, actions),
    );
    return loading;
  };
}
