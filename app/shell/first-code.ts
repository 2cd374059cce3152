/** For how long the sign-in screen, whose code is here, waits for the server to say that it is needed. */
const ANSWER_MS = 300;

/**
 * Resolves when a page that knows nobody can draw its first screen: mostly the sign-in screen. The browser may still have a session,
 * because it has evicted the rows and kept the cookie; whoever has one does not see that screen, unless the answer takes long.
 * `signInScreen`: resolves when that can be drawn; `fetchPerson`: its promise does when what somebody who is signed in sees can be.
 */
export async function firstCode(
  signInScreen: Promise<unknown>,
  hasSession: Promise<boolean>,
  fetchPerson: () => Promise<unknown>,
): Promise<void> {
  const answered = hasSession.then<unknown>((has) => (has ? fetchPerson() : signInScreen));
  const waited = signInScreen.then(() => new Promise((resolve) => setTimeout(resolve, ANSWER_MS)));
  await Promise.race([answered, waited]);
}
