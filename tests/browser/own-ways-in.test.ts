import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { type Claims, startProvider } from '#server/auth/testing/provider.fixture.ts';
import { freePort } from '#server/testing/free-port.fixture.ts';
import { follow, signOut } from './browser.fixture.ts';
import { confirm } from './expectations.fixture.ts';
import { shifted, watchShifts } from './layout-shifts.fixture.ts';
import { expectReachable } from './pictures.fixture.ts';
import { PHONE } from './seed.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

/*
 * Signing in without a password: with a passkey, and with a provider's account.
 */

/** Who is signed in at the provider; nobody: consent is refused there. */
let elsewhere: Claims | undefined;
const [provider, port] = await Promise.all([startProvider(() => elsewhere), freePort()]);
afterAll(() => provider.close());

const stage = setOwnStage({
  PORT: String(port),
  PUBLIC_URL: `http://localhost:${port}`,
  OIDC_PROVIDERS: 'work',
  OIDC_WORK_ISSUER: provider.issuer,
  OIDC_WORK_CLIENT_ID: 'teamlink',
  OIDC_WORK_CLIENT_SECRET: 'a secret',
});

const NEW_PASSWORD = 'another long password';
const NOT_LINKED = 'That account couldn’t be linked.';
const waysOf = (page: Page) => page.getByRole('region', { name: 'Ways to sign in' });

/** As if the sign-in were long ago: the server asks for a proof, which this session has only once it is given. */
async function askForProof(page: Page, path: string): Promise<void> {
  let isAsked = false;
  await page.route(path, async (route) => {
    if (isAsked) return route.continue();
    isAsked = true;
    return route.fulfill({ status: 403, json: { code: 'SESSION_NOT_FRESH', message: 'Sign in again first' } });
  });
}

it('[SEC-20] a provider has a button if the server offers it, which moves nothing when it appears, and errors there are explained', async () => {
  elsewhere = undefined;
  const { page } = await stage.visitor('Cleo', PHONE);
  // What only the server knows comes after everything else is on the screen, and moves none of it.
  await watchShifts(page);
  await page.route('**/api/auth/sign-in-options', async (route) => {
    await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
    await shifted(page);
    await route.continue();
  });
  await page.goto('/chat/g/01890000-0000-7000-8000-000000000000?message=x');
  await page.getByRole('button', { name: 'Continue with Work' }).waitFor();
  expect(await shifted(page)).toBe(0);
  await expectReachable(page, 'sign-in');
  await page.getByRole('checkbox', { name: 'This is a shared computer' }).check();
  await expectReachable(page, 'sign-in-shared');
  await page.getByRole('checkbox', { name: 'This is a shared computer' }).uncheck();
  const asked = page.waitForRequest('**/api/auth/sign-in/social');
  await page.getByRole('button', { name: 'Continue with Work' }).click();
  const to = '/chat/g/01890000-0000-7000-8000-000000000000?message=x';
  expect((await asked).postDataJSON()).toEqual({ provider: 'work', to });
  await page.getByRole('alert').getByText('You cancelled signing in.', { exact: false }).waitFor();
  await expectReachable(page, 'elsewhere');
  expect(stage.complaints()).toEqual([]);
});

it('[SEC-20] [SEC-32] [SEC-34] a provider’s account can be linked by one person only, signs in, proves their presence, and is unlinked', async () => {
  const ida = await stage.signedUp('Ida');
  const { page } = ida;
  await follow(page, '/settings');
  const ways = waysOf(page);
  const link = ways.getByRole('button', { name: 'Also sign in with Work' });
  const remove = ways.getByRole('button', { name: 'Remove Work' });
  elsewhere = undefined;
  await link.press('Enter');
  await ways.getByRole('alert').getByText(NOT_LINKED, { exact: false }).waitFor();
  elsewhere = { sub: 'ida', email: 'ida@work.example', email_verified: true, name: 'Ida at work' };
  await link.press('Enter');
  await remove.waitFor();
  expect([await link.count(), await ways.getByRole('alert').count()]).toEqual([0, 0]);

  const jon = await stage.signedUp('Jon');
  await follow(jon.page, '/settings');
  await waysOf(jon.page).getByRole('button', { name: 'Also sign in with Work' }).press('Enter');
  await waysOf(jon.page).getByRole('alert').getByText(NOT_LINKED, { exact: false }).waitFor();
  await expectReachable(jon.page, 'link-failed', 'main');
  await signOut(jon);
  await jon.page.getByRole('button', { name: 'Continue with Work' }).click();
  await jon.page.getByRole('link', { name: 'Settings' }).click();
  await jon.page.getByText(ida.email).first().waitFor();

  await askForProof(page, '**/api/auth/unlink');
  await remove.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  const proof = page.getByRole('dialog', { name: 'Is it still you?' });
  await proof.getByLabel('Current password', { exact: true }).waitFor();
  await expectReachable(page, 'proof-elsewhere', 'dialog');
  const proven = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/auth/callback/work');
  await proof.getByRole('button', { name: 'Continue with Work' }).click();
  await proven;
  await proof.waitFor({ state: 'detached' });
  await remove.press('Enter');
  await confirm(page, 'Remove');
  await link.waitFor();
  expect(await remove.count()).toBe(0);
  expect(stage.complaints()).toEqual([]);
});

it('[AC1] somebody who keeps their account by signing in with a provider is told so, once', async () => {
  elsewhere = { sub: 'kim', email: 'kim@work.example', email_verified: true, name: 'Kim' };
  const signedIn = async () => {
    const { page } = await stage.visitor('Kim');
    await page.goto('/');
    await page.getByRole('button', { name: 'Continue with Work' }).click();
    await page.getByRole('button', { name: 'New chat' }).first().waitFor();
    return page;
  };
  const first = await signedIn();
  expect((await first.request.post('/api/auth/delete-account', { data: {} })).ok()).toBe(true);
  await first.close();
  const page = await signedIn();
  const told = page.getByText('your account won’t be deleted', { exact: false });
  await told.first().waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'New chat' }).first().waitFor();
  expect(await told.count()).toBe(0);
  expect(await page.evaluate(() => document.cookie)).not.toContain('kept-account');
});

it('[SEC-32] [SEC-33] [SEC-34] a passkey is added, signs in without a password, proves the person’s presence, and cannot be removed until there is a password', async () => {
  const { page } = await stage.signedUp('Hana');
  const browser = await page.context().newCDPSession(page);
  await browser.send('WebAuthn.enable');
  await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await follow(page, '/settings');
  await page.getByRole('button', { name: 'Add a passkey' }).press('Enter');
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Work laptop');
  await page.keyboard.press('Enter');
  const ways = page.getByRole('region', { name: 'Ways to sign in' });
  await ways.getByText('Work laptop').waitFor();
  await ways.getByRole('button', { name: /^Remove.*Password/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await ways.getByRole('button', { name: /^Remove.*Password/ }).waitFor({ state: 'detached' });
  await expectReachable(page, 'ways-in', 'main');
  await page.getByRole('button', { name: 'Set a password' }).waitFor();
  expect(await page.getByText(/two-step/i).count()).toBe(0);

  await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('button', { name: 'New chat' }).first().waitFor();

  await follow(page, '/settings');
  await askForProof(page, '**/api/auth/passkey/remove');
  await ways.getByRole('button', { name: /^Remove.*Work laptop/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('dialog', { name: 'Is it still you?' }).waitFor();
  await expectReachable(page, 'proof', 'dialog');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('This is your last way to sign in.', { exact: false }).waitFor();
  await ways.getByText('Work laptop').waitFor();

  // With a password there is another way to sign in, so the passkey can be removed.
  await page.getByRole('button', { name: 'Set a password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set a password' });
  await dialog.getByLabel('New password', { exact: true }).fill('short');
  await page.keyboard.press('Enter');
  await dialog.getByText('This password is too short.', { exact: false }).waitFor();
  await expectReachable(page, 'set-password', 'dialog');
  await dialog.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Change password' }).waitFor();
  await page.getByText('Two-step sign-in is off', { exact: false }).waitFor();
  await ways.getByRole('button', { name: /^Remove.*Work laptop/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await ways.getByText('Work laptop').waitFor({ state: 'detached' });
  expect(stage.complaints()).toEqual([]);
});
