import { changePassword, currentAccount, endSession, signIn, signUp } from '#app/http/accounts.ts';
import type { HttpProblem } from '#app/http/request.ts';
import type { Device } from '#app/local-store/device.ts';
import { wipePerson } from '#app/local-store/open.ts';
import type { AccountInput } from '#app/session/account-input.ts';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { confirmed, expired, signedIn, signedOut, type Profile } from '#app/state/session.ts';
import type { AppStore, Persistor } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { connectionEnded } from '#app/state/connection.ts';
import type { Account } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';

/** Says that this device still owes the server the end of a session. Only this, and nothing of whose. */
const REVOKE = 'revoke-session';
const CHANNEL = 'teamlink-session';
/** Refused again within this time, although the session seemed to stand: then somebody is asked instead of the server. */
const RESUMED_BEFORE_MS = 10_000;

export interface SessionActions {
  /** Resolves to what went wrong, or to undefined once signed in. */
  enter(mode: 'sign-in' | 'sign-up', input: AccountInput): Promise<AccountProblem | undefined>;
  /** Signs out here and now; the server hears of it as soon as it can be reached. [CL6] */
  leave(client: Client | undefined): Promise<void>;
  /** Asks the server, in the background, whether the session still stands. */
  check(): Promise<void>;
  /** The server has refused the connection: goes on where the browser has a session that stands, else asks for one. */
  resume(client: Client): Promise<void>;
  /** Resolves to what went wrong. Every other session of this person ends. [SEC-23] */
  changePassword(client: Client, currentPassword: string, newPassword: string): Promise<HttpProblem | undefined>;
}

export function createSessionActions(device: Device, store: AppStore, persistor: Persistor): SessionActions {
  const channel = new BroadcastChannel(CHANNEL);
  // Another tab signed the person out: what this one shows, and its open database, must go at once.
  channel.addEventListener('message', () => location.replace('/'));
  // One after another: the answer to an old sign-out would otherwise take away the cookie of a new sign-in.
  let revoking: Promise<unknown> = Promise.resolve();
  // A new password ends the socket before the new cookie is here: until then nobody can say whether the session stands.
  let changing: Promise<unknown> = Promise.resolve();
  let resumedAt = Number.NEGATIVE_INFINITY;

  async function revoke(): Promise<void> {
    if ((await device.get(REVOKE)) === undefined) return;
    const outcome = await endSession();
    // A refusal means that there is no session to end.
    if (outcome.ok || outcome.failure.kind === 'refused') await device.remove(REVOKE);
  }
  const revokeInTurn = () => (revoking = revoking.then(revoke));
  addEventListener('online', () => void revokeInTurn());

  async function wipe(client: Client | undefined, userId: UserId): Promise<void> {
    await client?.close();
    // Both say something of whose they were.
    await Promise.all([device.remove('device-id'), device.remove('caught-up-at')]);
    store.dispatch(signedOut());
    store.dispatch(connectionEnded());
    await persistor.flush();
    // Not before it is kept that nobody is signed in: a tab that loads again at once would find the person still there.
    channel.postMessage('signed-out');
    await wipePerson(userId);
  }

  return {
    async enter(mode, input) {
      await revokeInTurn();
      const { name, email, password } = input;
      const outcome = await (mode === 'sign-up' ? signUp({ name, email, password }) : signIn({ email, password }));
      if (!outcome.ok) return outcome.failure;
      const account = await currentAccount();
      if (!account.ok) return account.failure;
      if (account.value === null) return { kind: 'no-session' };
      const previous = store.getState().session.profile;
      // Rows of one person are never another's to open.
      if (previous !== null && previous.id !== account.value.id) await wipe(undefined, previous.id);
      store.dispatch(signedIn(profileOf(account.value)));
      await persistor.flush();
      return undefined;
    },

    async leave(client) {
      const { profile } = store.getState().session;
      if (profile === null) return;
      await device.set(REVOKE, '1');
      void revokeInTurn();
      await wipe(client, profile.id);
    },

    async resume(client) {
      await changing;
      const account = await currentAccount();
      const { profile } = store.getState().session;
      if (profile?.id !== client.userId) return;
      const isStanding = account.ok && account.value?.id === profile.id;
      const isFirst = Date.now() - resumedAt > RESUMED_BEFORE_MS;
      if (!isFirst || (account.ok && !isStanding)) return void store.dispatch(expired());
      resumedAt = Date.now();
      client.reconnect();
    },

    async changePassword(client, currentPassword, newPassword) {
      const answering = changePassword(currentPassword, newPassword);
      changing = answering;
      const outcome = await answering;
      if (!outcome.ok) return outcome.failure;
      store.dispatch(confirmed());
      client.reconnect();
      return undefined;
    },

    async check() {
      const { profile } = store.getState().session;
      if (profile === null) {
        await revokeInTurn();
        if ((await device.get(REVOKE)) !== undefined) return;
      }
      const account = await currentAccount();
      if (!account.ok) return;
      // The person may have signed in or out meanwhile; the answer is about the one who was here.
      if (store.getState().session.profile?.id !== profile?.id) return;
      if (account.value === null || (profile !== null && account.value.id !== profile.id)) {
        if (profile !== null) store.dispatch(expired());
        return;
      }
      // Without a profile: the browser has thrown the rows away and kept the cookie. They come back from the server.
      const found = profileOf(account.value);
      if (profile === null || profile.name !== found.name || profile.email !== found.email)
        store.dispatch(signedIn(found));
      else store.dispatch(confirmed());
    },
  };
}

function profileOf(account: Account): Profile {
  return { id: account.id, name: account.name, email: account.email };
}
