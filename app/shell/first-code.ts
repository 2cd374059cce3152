/** How long the sign-in screen, whose code is loaded, waits for the server to confirm that it is needed. */
const ANSWER_MS = 300;

/**
 * Resolves when the first screen of a page without a known user can be drawn. That is usually the sign-in screen. The browser may still
 * have a session, because it has evicted the rows and kept the cookie: then the sign-in screen is not shown, unless the answer takes long.
 * `signInScreen` resolves when the sign-in screen can be drawn. `fetchPerson` fetches the code for a signed-in person.
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
