import { createOTP } from '@better-auth/utils/otp';
import { secretIn } from '#server/auth/testing/authenticator.fixture.ts';
import { beforeAll, expect, it } from 'vitest';
import { PASSWORD, follow, signIn } from './browser.fixture.ts';
import { expectReachable } from './pictures.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

// Without a mail server, the links of emails are in the log.
const stage = setOwnStage({ LOG_LEVEL: 'info' });
const administrator = 'administrator@example.org';
// The first account of the server, whichever of these tests run.
beforeAll(() => signUp('Ada', administrator));

/** Without a browser. */
async function signUp(name: string, email: string): Promise<void> {
  const answer = await fetch(`${stage.server.origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email, password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`sign-up: ${answer.status}`);
}

const NEW_PASSWORD = 'another long password';

/** The path of the newest link to set a new password. */
function resetLink(): Promise<string> {
  return newest(() => linksTo('reset-password'), 1);
}

/** The path of the nth link of emails that this account was sent about its address, whatever others were sent. */
function addressLink(email: string, nth = 1): Promise<string> {
  const isTheirs = (path: string) => {
    const payload = path.split('#')[1]?.split('.')[1] ?? '';
    return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { email: string }).email === email;
  };
  return newest(() => linksTo('verify-email').filter(isTheirs), nth);
}

function linksTo(page: string): string[] {
  return [...stage.server.output().matchAll(new RegExp(`(/${page}#[\\w.-]+)"`, 'g'))].map(([, path = '']) => path);
}

async function newest(links: () => string[], count: number): Promise<string> {
  await expect.poll(() => links().length).toBeGreaterThanOrEqual(count);
  return links().at(-1) ?? '';
}

it('[SEC-27] [SEC-29] a person who forgot their password gets a link and chooses a new one, and their address is confirmed', async () => {
  const ann = await stage.signedUp('Ann');
  const { page } = ann;
  await follow(page, '/settings');
  await page.getByText('Your email address isn’t confirmed yet.').waitFor();
  await page.getByRole('button', { name: 'Change email address' }).waitFor();

  const other = await stage.visitor('Other');
  await other.page.goto('/settings');
  await other.page.getByRole('button', { name: 'Forgot your password?' }).click();
  await other.page.getByRole('button', { name: 'Send the link' }).click();
  await other.page.getByText('This doesn’t look like an email address.').waitFor();
  await expectReachable(other.page, 'forgotten');
  await other.page.getByLabel('Email', { exact: true }).fill(ann.email);
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('heading', { name: 'Check your email' }).waitFor();
  await expectReachable(other.page, 'sent');

  await other.page.goto(await resetLink());
  await other.page.getByLabel('New password', { exact: true }).fill('sunshine77x1');
  await other.page.getByText('Weak: it’s easy to guess.', { exact: false }).waitFor();
  await other.page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await other.page.getByText('Strong password', { exact: true }).waitFor();
  await expectReachable(other.page, 'reset');
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('button', { name: 'Continue' }).click();
  await other.page.getByLabel('Email', { exact: true }).fill(ann.email);
  await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await other.page.keyboard.press('Enter');
  await other.page.getByText('Wrong email or password.').waitFor();
  await other.page.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('button', { name: 'New chat' }).first().waitFor();
  // Her other device was signed out and keeps what it shows. [SEC-23]
  await page.getByText('Sign in again').or(page.getByText('Your session has ended')).first().waitFor();
  await other.page.goto(await resetLink());
  await other.page.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await other.page.keyboard.press('Enter');
  await other.page.getByText('This link no longer works.', { exact: false }).waitFor();
  await expectReachable(other.page, 'reset-problem');
  // She is signed in here, so there is no page that sends another link: this leads to her chats.
  await other.page.getByRole('button', { name: 'Get a new link' }).click();
  await other.page.getByRole('button', { name: 'New chat' }).first().waitFor();
  const stranger = await stage.visitor('Stranger');
  await stranger.page.goto('/reset-password#too-old');
  await stranger.page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await stranger.page.keyboard.press('Enter');
  await stranger.page.getByRole('button', { name: 'Get a new link' }).click();
  await stranger.page.getByRole('heading', { name: 'Forgot your password?' }).waitFor();
  expect(stage.complaints()).toEqual([]);
});

it('[SEC-31] if nobody is signed in, a link asks for the password of the account, or for a new one', async () => {
  const { email } = await stage.account('Cid');
  const { page } = await stage.visitor('Reader');
  await page.goto(await addressLink(email));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await expectReachable(page, 'prove');
  await page.keyboard.press('Enter');
  await page.getByText('This isn’t the password of that account.').waitFor();
  await page.getByRole('button', { name: 'I don’t know the password' }).click();
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await expectReachable(page, 'claim');
  await page.keyboard.press('Enter');
  await page.getByText('Your email address is confirmed.').waitFor();
  expect(stage.complaints()).toEqual([]);
});

it('[SEC-29] a link confirms an address only once its button is pressed, and the address can then change', async () => {
  const { page, email } = await stage.signedUp('Bob');
  await page.goto(`${await addressLink(email)}x`);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('alert').getByText('This link no longer works.', { exact: false }).waitFor();
  await expectReachable(page, 'link-problem');
  await page.getByRole('button', { name: 'Get a new link' }).click();
  await page.getByRole('button', { name: 'Send the link again' }).waitFor();
  await page.goto(await addressLink(email));
  await page.getByRole('heading', { name: 'Confirm your email address' }).waitFor();
  await expectReachable(page, 'verify');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Your email address is confirmed.').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await follow(page, '/settings');
  await page.getByRole('button', { name: 'Change email address' }).click();
  await page.getByLabel('New email address').fill('bob.elsewhere@example.org');
  await expectReachable(page, 'change', 'dialog');
  await page.keyboard.press('Enter');
  await page.getByText('Open the link in the email to your current address.').first().waitFor();
  for (const [nth, said] of [
    [2, 'One more step'],
    [3, 'Your email address has changed.'],
  ] as const) {
    await page.goto(await addressLink(email, nth));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(said, { exact: false }).waitFor();
  }
  expect(stage.complaints()).toEqual([]);
});

it('[AC1] [AC3] a person downloads their data, deletes their account, and keeps it by signing in again', async () => {
  const dora = await stage.signedUp('Dora');
  const { page } = dora;
  await follow(page, '/settings');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download your data' }).click();
  expect((await saved).suggestedFilename()).toMatch(/^teamlink-.*\.zip$/);
  await page.getByRole('button', { name: 'Delete account' }).press('Enter');
  await page.getByText('For 14 days', { exact: false }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Enter your password.').waitFor();
  await page.getByLabel('Current password', { exact: true }).fill('not the password');
  await expectReachable(page, 'delete', 'dialog');
  await page.keyboard.press('Enter');
  await page.getByText('The current password is wrong.').waitFor();
  await page.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('Your account will be deleted on', { exact: false }).waitFor();
  await expectReachable(page, 'deleted');
  await signIn(dora, { isHere: true });
  await page.getByText('your account won’t be deleted', { exact: false }).first().waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'New chat' }).first().waitFor();
  expect(await page.getByText('your account won’t be deleted', { exact: false }).count()).toBe(0);
  expect(stage.complaints()).toEqual([]);
});

it('[AC4] [AC12] the first person finds the administration, sees the health of the server, suspends somebody, and ends the suspension', async () => {
  await signUp('Fritz', 'fritz@example.org');
  const { page } = await stage.visitor('Ada');
  await page.goto('/');
  await page.getByLabel('Email', { exact: true }).fill(administrator);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'New chat' }).first().waitFor();
  await follow(page, '/settings');
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByText('Connected devices').waitFor();
  await page.getByRole('searchbox', { name: 'Find by name or email' }).fill('fritz');
  await page.getByRole('button', { name: 'Suspend: Fritz' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend', exact: true }).click();
  await page.getByText('Suspended', { exact: true }).waitFor();
  await expectReachable(page, 'administration', 'main');
  await page.getByRole('button', { name: 'End the suspension: Fritz' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the suspension', exact: true }).click();
  await page.getByRole('button', { name: 'Suspend: Fritz' }).waitFor();
  expect(stage.complaints()).toEqual([]);
});

it('[AC6] with two-step sign-in, a code from the app is required after the password', async () => {
  const email = 'gina@example.org';
  await signUp('Gina', email);
  const { page } = await stage.visitor('Gina');
  const submit = async () => {
    await page.getByLabel('Email', { exact: true }).fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
  };
  await page.goto('/');
  await submit();
  await page.getByRole('button', { name: 'New chat' }).first().waitFor();
  await follow(page, '/settings');
  await page.getByRole('button', { name: 'Turn on two-step sign-in' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await dialog.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
  await expectReachable(page, 'two-factor', 'dialog');
  const secret = secretIn((await dialog.getByText(/^[A-Z2-7]{20,}$/).textContent()) ?? '');
  await dialog.getByLabel('Code', { exact: true }).fill('000000');
  await page.keyboard.press('Enter');
  await dialog.getByText('This code is wrong.', { exact: false }).waitFor();
  await dialog.getByLabel('Code', { exact: true }).fill(await createOTP(secret).totp());
  await page.keyboard.press('Enter');
  await page.getByText('you’re asked for a code from your authenticator app', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await submit();
  await page.getByLabel('Code', { exact: true }).waitFor();
  await expectReachable(page, 'code');
  // The code that was shown before has been used.
  await page
    .getByLabel('Code', { exact: true })
    .fill(await createOTP(secret).hotp(Math.floor(Date.now() / 30_000) + 1));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'New chat' }).first().waitFor();
  expect(stage.complaints()).toEqual([]);
});
