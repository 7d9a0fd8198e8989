// Every way to sign in, in a real browser: a provider, a link for a new password, a passkey, a second factor; and leaving for good.
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { codeOf } from '../authenticator-app';
import { isAt, PASSWORD, signUp, visit } from './browser';
import type { RunningSystem } from './running-system';

const SOON = { timeout: 30_000 };

export function testSignIn(world: () => { system: RunningSystem; browser: Browser }): void {
  test('a provider signs in a new person, who then deletes the account', async () => {
    const { system, browser } = world();
    if (system.mails === null) return; // the provider was started with the system
    const { page, context } = await visit(browser, system.url);
    await page.goto('/sign-in?next=%2Faccount');
    await page.getByRole('button', { name: 'Continue with Home' }).click();
    await page.locator('input[name=login]').fill('nia');
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
    await page.locator('button[type=submit]').click();
    await isAt(page, /^\/account$/);
    await page.getByText('It protects passwords, and your account has none.').waitFor();
    await page.getByRole('link', { name: 'Set a password by mail' }).waitFor();
    await page.getByRole('button', { name: 'Delete my account', exact: true }).click();
    await page.getByLabel('Type nia@example.com to confirm').fill('nia@example.com');
    await page.getByRole('button', { name: 'Delete my account now' }).click();
    await isAt(page, /^\/account-deleted$/);
    await page.goto('/');
    await isAt(page, /^\/sign-in$/);
    await context.close();
  });

  test('a forgotten password is set by a link; a link in a mail signs in', async () => {
    const { system, browser } = world();
    if (system.mails === null) return;
    const { page, context } = await visit(browser, system.url);
    const email = await signUp(page, 'Rea');
    await page.goto(await linkOf(system, email, 'Confirm your'));
    await signOut(page);
    await page.getByRole('link', { name: 'Forgot password?' }).click();
    await page.getByRole('heading', { name: 'Set a new password' }).waitFor();
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send link' }).click();
    await page.goto(await linkOf(system, email, 'Set a new password'));
    await page.getByLabel('New password').fill('tall dry green hills');
    await page.getByRole('button', { name: 'Save password' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await isAt(page, /^\/sign-in$/);
    await enter(page, email, PASSWORD);
    await page.getByText('Invalid email or password').waitFor();

    await page.getByRole('link', { name: 'Get a link by mail' }).click();
    await page.getByRole('heading', { name: 'Sign in by mail' }).waitFor();
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send link' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await page.goto(await linkOf(system, email, 'Your link'));
    await expect.poll(() => new URL(page.url()).hash, SOON).toBe(''); // read, and gone
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
    await context.close();
  });

  test('a passkey is added, renamed, signs in without a password, and is removed', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    // A browser without autofill; the next test has one.
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = undefined');
    await signUp(page, 'Pia');
    await addAuthenticator(context, page);
    await page.goto('/account');
    const passkeys = page.getByRole('region', { name: 'Passkeys' });
    await passkeys.getByLabel('Device, such as “Phone”').fill('Laptop');
    await passkeys.getByRole('button', { name: 'Add a passkey' }).click();
    await passkeys.getByRole('button', { name: 'Rename Laptop' }).click();
    await passkeys.getByLabel('New name').fill('Old laptop');
    await passkeys.getByRole('button', { name: 'Save' }).click();
    await passkeys.getByRole('button', { name: 'Rename Old laptop' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await signOut(page);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
    await page.goto('/account');
    await passkeys.getByRole('button', { name: 'Remove Old laptop' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await passkeys.getByText('No passkeys yet.').waitFor();
    await signOut(page);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('alert').getByText('Passkey not found').waitFor();
    await context.close();
  });

  test('a passkey is offered where the address is typed, and signs in without a click', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Fil');
    const authenticator = await addAuthenticator(context, page);
    await page.goto('/account');
    const passkeys = page.getByRole('region', { name: 'Passkeys' });
    await passkeys.getByLabel('Device, such as “Phone”').fill('Laptop');
    await passkeys.getByRole('button', { name: 'Add a passkey' }).click();
    await passkeys.getByRole('button', { name: 'Rename Laptop' }).waitFor();
    await authenticator.choose(false);
    await signOut(page);
    await page.goto('/sign-in?next=%2Fupcoming');
    expect(await page.getByLabel('E-mail').getAttribute('autocomplete')).toMatch(/ webauthn$/);
    // the offer is no obstacle to another way
    await enter(page, 'nobody@example.com', 'a wrong password');
    await page.getByText('Invalid email or password').waitFor();
    await authenticator.choose(true); // for offers from now on
    await page.reload();
    await isAt(page, /^\/upcoming$/);
    await page.getByRole('heading', { name: 'Upcoming', level: 1 }).waitFor();
    expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
    await context.close();
  });

  test('a second factor on a phone: set up, asked for, and a recovery code in its place', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url, {
      viewport: { width: 390, height: 844 },
    });
    const email = await signUp(page, 'Tia');
    await page.goto('/account');
    const factor = page.getByRole('region', { name: 'Second factor' });
    await factor.getByRole('button', { name: 'Set up' }).click();
    await factor.getByLabel('Confirm with your password').fill(PASSWORD);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/two-factor/enable')),
      factor.getByRole('button', { name: 'Continue' }).click(),
    ]);
    const { totpURI } = (await answer.json()) as { totpURI: string };
    await factor.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
    expect(await factor.locator('pre').innerText()).toBe(
      new URL(totpURI).searchParams.get('secret'),
    );
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'second-factor-qr');
    await factor.getByLabel('Code that the app shows now').fill(codeOf(totpURI));
    await factor.getByRole('button', { name: 'Turn on' }).click();
    await factor.getByText('Keep these recovery codes').waitFor();
    const codes = (await factor.locator('pre').innerText()).split('\n');
    expect(codes).toHaveLength(10);
    await photograph(page, 'second-factor-codes');
    expect(await violations(page)).toEqual([]);
    await factor.getByRole('button', { name: 'I have kept them' }).click();
    await factor.getByText('On.', { exact: true }).waitFor();
    await page.context().clearCookies();
    await page.goto('/sign-in?next=%2Fupcoming');
    await photograph(page, 'sign-in');
    await enter(page, email, PASSWORD);
    await isAt(page, /^\/second-factor\?next=%2Fupcoming$/);
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'second-factor-code');
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This code is wrong, too old, or was already used.').waitFor();
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(codes[3]!);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Upcoming', level: 1 }).waitFor();
    await context.close();
  });
}

/**
 * Chromium's own authenticator in software, which has checked its person.
 * @returns `choose`: whether its person takes what is offered, from now on
 */
async function addAuthenticator(
  context: BrowserContext,
  page: Page,
): Promise<{ choose: (whether: boolean) => Promise<void> }> {
  const client = await context.newCDPSession(page);
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  return {
    choose: async (enabled) => {
      await client.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
  };
}

/** The link in the mail with a subject, once it is there. */
async function linkOf({ mails }: RunningSystem, email: string, subject: string): Promise<string> {
  const found = () => mails?.find((mail) => mail.to === email && mail.subject.startsWith(subject));
  await expect.poll(found, SOON).toBeDefined();
  return /\n(https?:\/\/\S+)/.exec(found()?.text.replaceAll('\r', '') ?? '')?.[1] ?? '';
}

async function enter(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.request.post('/api/auth/sign-out', {
    data: {},
    headers: { origin: new URL(page.url()).origin },
  });
  await page.goto('/sign-in');
}

/** What is wrong for people who use other means, or a small screen. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [
    ...found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    ...(wide > 0 ? [`${wide} px too wide`] : []),
  ];
}

/** Pictures of the page, for people to look at. */
async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env['SIGN_IN_SCREENSHOTS'];
  if (folder !== undefined)
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
