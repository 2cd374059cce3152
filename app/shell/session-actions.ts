import { keepNoUnsavedTexts } from '#app/conversation/unsaved-texts.ts';
import { currentAccount, endEverySession, endSession, signIn, signUp, verifyCode } from '#app/http/accounts.ts';
import type { HttpProblem } from '#app/http/request.ts';
import { paths } from '#app/links/paths.ts';
import type { Device } from '#app/local-store/device.ts';
import { CODE_REQUIRED, type AccountInput, type AccountRun } from '#app/session/account-input.ts';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { accountKept, confirmed, expired, signedIn, signedOut, type Profile } from '#app/state/session.ts';
import type { AppStore, Persistor } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { connectionEnded } from '#app/state/connection.ts';
import { KEPT_ACCOUNT_COOKIE, type Account } from '#protocol/account.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import type { UserId } from '#protocol/ids.ts';
import { finishWipe, pendingWipe, requestWipe } from './wipe.ts';

/** Records that a session still has to be ended on the server. It does not say whose. */
const REVOKE = 'revoke-session';
/** Its value if the sessions of the other devices have to be ended too. */
const EVERYWHERE = 'everywhere';
const CHANNEL = 'teamlink-session';
/** How long the answer about the session is valid, so that it is not requested again when the list is drawn. */
const ANSWER_HOLDS_MS = 2_000;

export interface SessionActions {
  /** Resolves to the problem, or to undefined once signed in. */
  enter(mode: 'sign-in' | 'sign-up', input: AccountInput): Promise<AccountProblem | undefined>;
  /** Signs in by a separate request, such as one with a passkey. */
  enterBy(run: AccountRun): Promise<AccountProblem | undefined>;
  /** Signs out on this device, or on all of them, at once, and on the server as soon as it can be reached. [CL6] */
  leave(client: Client | undefined, everywhere?: boolean): Promise<void>;
  /** Asks the server in the background whether the session is still valid. */
  check(): Promise<void>;
}

export function createSessionActions(device: Device, store: AppStore, persistor: Persistor): SessionActions {
  const channel = new BroadcastChannel(CHANNEL);
  let answeredAt = -Infinity;
  // Another tab has signed the user out: this tab must hide everything and close its database at once.
  channel.addEventListener('message', () => {
    keepNoUnsavedTexts();
    location.replace('/');
  });
  // One at a time: the answer to an earlier sign-out would otherwise clear the cookie of a later sign-in.
  let revoking: Promise<unknown> = isMarked()
    ? sharing().then((shared) => shared.end(device, REVOKE))
    : Promise.resolve();
  // Finishes what an earlier page did not.
  void finishWipe(device);

  /** Resolves to the problem, or to undefined if no session is left to be ended. */
  async function revoke(): Promise<HttpProblem | undefined> {
    const pending = await device.get(REVOKE);
    if (pending === undefined) return undefined;
    if (pending === EVERYWHERE) {
      const ended = await endEverySession();
      if (!ended.ok && ended.failure.kind !== 'refused') return ended.failure;
    }
    const outcome = await endSession();
    // The server refuses if there is no session to end.
    if (!outcome.ok && outcome.failure.kind !== 'refused') return outcome.failure;
    await device.remove(REVOKE);
    return undefined;
  }
  function revokeInTurn(): Promise<HttpProblem | undefined> {
    const revoked = revoking.then(revoke);
    revoking = revoked;
    return revoked;
  }
  addEventListener('online', () => void revokeInTurn());

  async function wipe(client: Client | undefined, userId: UserId): Promise<void> {
    await requestWipe(device, userId);
    // Before the rows are closed, because views would fail to read them.
    store.dispatch(signedOut());
    store.dispatch(connectionEnded());
    // The next person must not see the address of the last one's chat, or the settings.
    history.replaceState(null, '', paths.list);
    await persistor.flush();
    // Only after the sign-out has been stored: a tab that reloads earlier would find the user still signed in.
    channel.postMessage('signed-out');
    await client?.close();
    await finishWipe(device);
  }

  async function leave(client: Client | undefined, everywhere = false): Promise<void> {
    const { profile } = store.getState().session;
    if (profile === null) return;
    await device.set(REVOKE, everywhere ? EVERYWHERE : '1');
    if (store.getState().session.isShared === true) {
      // The next page ends the session, and nothing of this one is left. [SEC-54]
      return location.replace(paths.list);
    }
    void revokeInTurn();
    await wipe(client, profile.id);
  }

  async function enterBy(run: AccountRun, isToBeShared = false): Promise<AccountProblem | undefined> {
    if (!isToBeShared && store.getState().session.isShared !== true) return enterWith(run);
    const { mark, shareComputer } = await sharing();
    mark(true);
    const problem = await enterWith(run, () => shareComputer(store, persistor));
    if (problem !== undefined) mark(false);
    return problem;
  }

  /** `before`: called just before anything about the person is known here. */
  async function enterWith(run: AccountRun, before?: () => void): Promise<AccountProblem | undefined> {
    // If the sign-out stayed pending, it would end the new session.
    const problem = await revokeInTurn();
    if (problem !== undefined) return problem;
    await finishWipe(device);
    const outcome = await run();
    if (!outcome.ok) return outcome.failure;
    if (asksForCode(outcome.value)) return { kind: 'refused', status: 401, code: CODE_REQUIRED };
    if (isUnconfirmed(outcome.value)) return { kind: 'refused', status: 403, code: 'EMAIL_NOT_VERIFIED' };
    const account = await currentAccount();
    if (!account.ok) return account.failure;
    if (account.value === null) return { kind: 'no-session' };
    answeredAt = performance.now();
    const previous = store.getState().session.profile;
    // One person's rows must never be opened by another.
    if (previous !== null && previous.id !== account.value.id) await wipe(undefined, previous.id);
    before?.();
    store.dispatch(signedIn(profileOf(account.value)));
    if (hasKeptAccount(outcome.value)) store.dispatch(accountKept());
    await persistor.flush();
    return undefined;
  }

  return {
    async enter(mode, input) {
      const { name, email, password, code } = input;
      const isShared = input.isShared === true || store.getState().session.isShared === true;
      // The link of an invitation has its code in the fragment. [AC5]
      const invitation = location.hash.slice(1);
      const invited = invitation === '' ? {} : { invitation };
      return enterBy(() => {
        if (mode === 'sign-up') return signUp({ name, email, password, ...invited });
        const remembered = isShared ? { rememberMe: false } : {};
        return code === undefined ? signIn({ email, password, ...remembered }) : verifyCode(code);
      }, isShared);
    },

    enterBy: (run) => enterBy(run),
    leave,

    async check() {
      const { profile } = store.getState().session;
      if (profile === null) {
        if ((await revokeInTurn()) !== undefined) return;
      } else if (performance.now() - answeredAt < ANSWER_HOLDS_MS) return;
      const account = await currentAccount();
      if (!account.ok) return;
      answeredAt = performance.now();
      // Somebody may have signed in or out meanwhile; the answer is only about the person who was signed in before.
      if (store.getState().session.profile?.id !== profile?.id) return;
      if (account.value === null || (profile !== null && account.value.id !== profile.id)) {
        if (profile !== null) store.dispatch(expired());
        return;
      }
      // Without a profile, the browser has evicted the rows and kept the cookie. The rows come back from the server.
      const found = profileOf(account.value);
      const isSame = profile?.name === found.name && profile.email === found.email && profile.about === found.about;
      store.dispatch(isSame ? confirmed() : signedIn(found));
      if (takeKeptAccount()) store.dispatch(accountKept());
    },
  };
}

/** Signs out before anything is shown if an earlier page was ended before it had stored the sign-out. [CL6] */
export async function finishSignOut(device: Device, store: AppStore): Promise<void> {
  const { profile } = store.getState().session;
  const [wipe, revoked] = await Promise.all([pendingWipe(device), device.get(REVOKE)]);
  if (profile === null || (wipe !== profile.id && revoked === undefined)) return;
  await requestWipe(device, profile.id);
  store.dispatch(signedOut());
}

/** Whether a page that started a session on a shared computer is gone. [SEC-54] */
const isMarked = () => document.cookie.includes('shared-computer=1');
const sharing = () => importWithRetry(() => import('./share-computer.ts'));

/** Whether the answer to the password says that a code is required too. [AC6] */
function asksForCode(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'twoFactorRedirect' in answer;
}

/** Whether signing up created no session, because the address must be confirmed first. [AC7] */
function isUnconfirmed(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'token' in answer && answer.token === null;
}

/** Whether the account was to be deleted, and this sign-in has kept it. [AC1] */
function hasKeptAccount(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'keptAccount' in answer;
}

/** The same for a sign-in with a provider: its answer is a redirect, which sets a cookie. The cookie is removed here. */
function takeKeptAccount(): boolean {
  if (!document.cookie.includes(`${KEPT_ACCOUNT_COOKIE}=1`)) return false;
  // oxlint-disable-next-line unicorn/no-document-cookie -- a page over plain HTTP has no cookieStore
  document.cookie = `${KEPT_ACCOUNT_COOKIE}=; path=/; max-age=0`;
  return true;
}

function profileOf({ id, name, email, about }: Account): Profile {
  return { id, name, email, ...(about ? { about } : {}) };
}
