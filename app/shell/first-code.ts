/** For how long the sign-in screen, whose code is here, waits for the server to say that it is needed. */
const ANSWER_MS = 300;

interface FirstCode {
  /** Resolves when the sign-in screen can be drawn. */
  signInScreen: Promise<unknown>;
  /** Whether the browser has a session. */
  hasSession: Promise<boolean>;
  /** Resolves when what somebody sees who is signed in can be drawn. */
  fetchPerson: () => Promise<unknown>;
}

/**
 * Resolves when a page that knows nobody can draw its first screen: mostly the sign-in screen. The browser may still have a session,
 * because it has evicted the rows and kept the cookie; whoever has one does not see that screen, unless the answer takes long.
 */
export async function firstCode({ signInScreen, hasSession, fetchPerson }: FirstCode): Promise<void> {
  const answered = hasSession.then<unknown>((has) => (has ? fetchPerson() : signInScreen));
  const waited = signInScreen.then(() => new Promise((resolve) => setTimeout(resolve, ANSWER_MS)));
  await Promise.race([answered, waited]);
}
