import { PASSWORD, sessions } from './browser.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

/** One server for all test files of this process, because a start costs a second of a core. It ends with the process. */
let starting: Promise<ServerProcess> | undefined;

export function sharedServer(): Promise<ServerProcess> {
  starting ??= startServerProcess().then((server) => {
    for (const end of ['exit', 'SIGTERM', 'disconnect']) process.once(end, () => server.kill());
    return server;
  });
  return starting;
}

/** Sorts after the names that tests use. */
const FORMER_NAME = 'Zz';

/** Renames everybody, so that the next file, whose people have the same names, does not find them. */
export async function renameEverybody(): Promise<void> {
  const { origin } = await sharedServer();
  await rename(origin, [...sessions.keys()]);
  sessions.clear();
}

/** Gives these people another name; those who never got an account are left out. */
export async function rename(origin: string, emails: readonly string[]): Promise<void> {
  const post = (path: string, data: object, cookie = '') =>
    fetch(`${origin}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, cookie },
      body: JSON.stringify(data),
    });
  const renameBy = (cookie: string) => post('update-user', { name: FORMER_NAME }, cookie);
  const renaming = emails.map(async (email) => {
    const session = sessions.get(email) ?? '';
    if (session !== '' && (await renameBy(session)).ok) return;
    const signedIn = await post('sign-in/email', { email, password: PASSWORD });
    const cookies = signedIn.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
    if (signedIn.ok) await renameBy(cookies.join('; '));
  });
  await Promise.all(renaming);
}
