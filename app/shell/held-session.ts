import { currentAccount } from '#app/http/accounts.ts';
import { changePassword, deleteAccount } from '#app/http/own-account.ts';
import type { HttpProblem, Outcome } from '#app/http/request.ts';
import { keepDeletedAfter } from '#app/session/deleted-after.ts';
import { confirmed, deletionBegun, expired } from '#app/state/session.ts';
import type { AppStore } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import type { SessionActions } from './session-actions.ts';

/** If the connection is refused again within this time after a valid session was found, the user is asked to sign in. */
const RESUME_WINDOW_MS = 10_000;

/** The actions of a signed-in person on their session. */
export interface HeldSession {
  /** Signs out everywhere and deletes the account after its grace period. Resolves to the problem, or to undefined. [AC1] */
  deleteAccount(client: Client, password: string): Promise<HttpProblem | undefined>;
  /** After the server refused the connection: reconnects if the browser has a valid session, otherwise asks the user to sign in. */
  resume(client: Client): Promise<void>;
  /** Runs a request whose success replaces this session by another one. Resolves to the problem, or to undefined. [SEC-23] */
  replaceSession(client: Client, run: () => Promise<Outcome<unknown>>): Promise<HttpProblem | undefined>;
  /** Resolves to the problem, or to undefined. Every other session of this person ends. [SEC-23] */
  changePassword(client: Client, currentPassword: string, newPassword: string): Promise<HttpProblem | undefined>;
}

export function holdSession(store: AppStore, actions: SessionActions): HeldSession {
  // A new password closes the socket before the new cookie arrives; until then it is unknown whether the session is valid.
  let changing: Promise<unknown> = Promise.resolve();
  let resumedAt = Number.NEGATIVE_INFINITY;

  async function replaceSession(client: Client, run: () => Promise<Outcome<unknown>>) {
    const answering = run();
    changing = answering;
    const outcome = await answering;
    if (!outcome.ok) return outcome.failure;
    store.dispatch(confirmed());
    client.reconnect();
    return undefined;
  }

  return {
    async deleteAccount(client, password) {
      const outcome = await deleteAccount(password);
      if (!outcome.ok) return outcome.failure;
      const { deletedAfter } = outcome.value;
      if (store.getState().session.isShared === true) keepDeletedAfter(deletedAfter);
      await actions.leave(client);
      store.dispatch(deletionBegun(deletedAfter));
      return undefined;
    },

    async resume(client) {
      await changing;
      const account = await currentAccount();
      const { profile } = store.getState().session;
      if (profile?.id !== client.userId) return;
      const isValid = account.ok && account.value?.id === profile.id;
      const isFirst = Date.now() - resumedAt > RESUME_WINDOW_MS;
      if (!isFirst || (account.ok && !isValid)) return void store.dispatch(expired());
      resumedAt = Date.now();
      client.reconnect();
    },

    replaceSession,
    changePassword: (client, current, next) => replaceSession(client, () => changePassword(current, next)),
  };
}
