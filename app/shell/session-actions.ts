import {
  changePassword,
  currentAccount,
  deleteAccount,
  endEverySession,
  endSession,
  signIn,
  signUp,
} from '#app/http/accounts.ts';
import type { HttpProblem, Outcome } from '#app/http/request.ts';
import { verifyCode } from '#app/http/two-factor.ts';
import { paths } from '#app/links/paths.ts';
import type { Device } from '#app/local-store/device.ts';
import { CODE_REQUIRED, type AccountInput } from '#app/session/account-input.ts';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { confirmed, expired, signedIn, signedOut, type Profile } from '#app/state/session.ts';
import type { AppStore, Persistor } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { forgetDeviceFacts } from '#app/sync/device-facts.ts';
import { connectionEnded } from '#app/state/connection.ts';
import type { Account } from '#protocol/http.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import type { UserId } from '#protocol/ids.ts';

/** Records that a session still has to be ended on the server. It does not say whose. */
const REVOKE = 'revoke-session';
/** Its value where the sessions of the other devices have to be ended too. */
const EVERYWHERE = 'everywhere';
const CHANNEL = 'teamlink-session';
/** If the connection is refused again within this time after a valid session was found, the user is asked to sign in. */
const RESUME_WINDOW_MS = 10_000;

export interface SessionActions {
  /** Resolves to the problem, or to undefined once signed in. */
  enter(mode: 'sign-in' | 'sign-up', input: AccountInput): Promise<AccountProblem | undefined>;
  /** Signs out on this device, or on all of them, at once, and on the server as soon as it can be reached. [CL6] */
  leave(client: Client | undefined, everywhere?: boolean): Promise<void>;
  /** Signs out everywhere and deletes the account after its grace period. Resolves to the problem, or to undefined. [AC1] */
  deleteAccount(client: Client, password: string): Promise<HttpProblem | undefined>;
  /** Asks the server in the background whether the session is still valid. */
  check(): Promise<void>;
  /** After the server refused the connection: reconnects if the browser has a valid session, otherwise asks the user to sign in. */
  resume(client: Client): Promise<void>;
  /** Runs a request whose success replaces this session by another one. Resolves to the problem, or to undefined. [SEC-23] */
  replaceSession(client: Client, run: () => Promise<Outcome<unknown>>): Promise<HttpProblem | undefined>;
  /** Resolves to the problem, or to undefined. Every other session of this person ends. [SEC-23] */
  changePassword(client: Client, currentPassword: string, newPassword: string): Promise<HttpProblem | undefined>;
}

export function createSessionActions(device: Device, store: AppStore, persistor: Persistor): SessionActions {
  const channel = new BroadcastChannel(CHANNEL);
  // Another tab has signed the user out: this tab must hide everything and close its database at once.
  channel.addEventListener('message', () => location.replace('/'));
  // One at a time: the answer to an earlier sign-out would otherwise clear the cookie of a later sign-in.
  let revoking: Promise<unknown> = Promise.resolve();
  // A new password closes the socket before the new cookie arrives; until then nobody can tell whether the session is valid.
  let changing: Promise<unknown> = Promise.resolve();
  let resumedAt = Number.NEGATIVE_INFINITY;

  async function revoke(): Promise<void> {
    const owed = await device.get(REVOKE);
    if (owed === undefined) return;
    if (owed === EVERYWHERE) {
      const ended = await endEverySession();
      if (!ended.ok && ended.failure.kind !== 'refused') return;
    }
    const outcome = await endSession();
    // The server refuses if there is no session to end.
    if (outcome.ok || outcome.failure.kind === 'refused') await device.remove(REVOKE);
  }
  const revokeInTurn = () => (revoking = revoking.then(revoke));
  addEventListener('online', () => void revokeInTurn());

  async function wipe(client: Client | undefined, userId: UserId): Promise<void> {
    await client?.close();
    await forgetDeviceFacts(device);
    // Not awaited: the server ends the subscription with the session, and nobody should wait for the browser's push service.
    void import('#app/push/subscription.ts').then(({ endPush }) => endPush()).catch(() => undefined);
    store.dispatch(signedOut());
    store.dispatch(connectionEnded());
    // The next person must not find the address of the last one's chat, nor Settings.
    history.replaceState(null, '', paths.list);
    await persistor.flush();
    // Only after the sign-out has been stored: a tab that reloads earlier would find the user still signed in.
    channel.postMessage('signed-out');
    // Lazy, because it comes with the store, which nobody needs before they have signed in.
    const { wipePerson } = await importWithRetry(() => import('#app/local-store/open.ts'));
    await wipePerson(userId);
  }

  async function leave(client: Client | undefined, everywhere = false): Promise<void> {
    const { profile } = store.getState().session;
    if (profile === null) return;
    await device.set(REVOKE, everywhere ? EVERYWHERE : '1');
    void revokeInTurn();
    await wipe(client, profile.id);
  }

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
    async enter(mode, input) {
      await revokeInTurn();
      const { name, email, password, code } = input;
      // The link of an invitation has its code in the fragment. [AC5]
      const invitation = location.hash.slice(1);
      const invited = invitation === '' ? {} : { invitation };
      const outcome = await (mode === 'sign-up'
        ? signUp({ name, email, password, ...invited })
        : code === undefined
          ? signIn({ email, password })
          : verifyCode(code));
      if (!outcome.ok) return outcome.failure;
      if (asksForCode(outcome.value)) return { kind: 'refused', status: 401, code: CODE_REQUIRED };
      const account = await currentAccount();
      if (!account.ok) return account.failure;
      if (account.value === null) return { kind: 'no-session' };
      const previous = store.getState().session.profile;
      // One person's rows must never be opened by another.
      if (previous !== null && previous.id !== account.value.id) await wipe(undefined, previous.id);
      store.dispatch(signedIn(profileOf(account.value)));
      await persistor.flush();
      return undefined;
    },

    leave,

    async deleteAccount(client, password) {
      const outcome = await deleteAccount(password);
      if (!outcome.ok) return outcome.failure;
      await leave(client);
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

    async check() {
      const { profile } = store.getState().session;
      if (profile === null) {
        await revokeInTurn();
        if ((await device.get(REVOKE)) !== undefined) return;
      }
      const account = await currentAccount();
      if (!account.ok) return;
      // Somebody may have signed in or out meanwhile; the answer is only about the person who was signed in before.
      if (store.getState().session.profile?.id !== profile?.id) return;
      if (account.value === null || (profile !== null && account.value.id !== profile.id)) {
        if (profile !== null) store.dispatch(expired());
        return;
      }
      // Without a profile, the browser has evicted the rows and kept the cookie. The rows come back from the server.
      const found = profileOf(account.value);
      if (profile === null || profile.name !== found.name || profile.email !== found.email)
        store.dispatch(signedIn(found));
      else store.dispatch(confirmed());
    },
  };
}

/** Whether the answer to the password is that a code is needed too. [AC6] */
function asksForCode(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'twoFactorRedirect' in answer;
}

function profileOf(account: Account): Profile {
  return { id: account.id, name: account.name, email: account.email };
}
