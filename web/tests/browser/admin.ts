// What an operator does on the admin page, on a phone: people, roles, disabling, invitations, who may sign up, and a second factor
// that is required; and what the people of it see.
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { codeOf } from '../authenticator-app';
import { isAt, PASSWORD, signUp, visit } from './browser';
import { signInAsOperator } from './operator';
import type { RunningSystem } from './running-system';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

export function testAdmin(world: () => { system: RunningSystem; browser: Browser }): void {
  test('the admin page on a phone: roles, disabling, invitations, and a second factor of operators', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url, PHONE);
    const vera = await visit(browser, system.url);
    const wim = await visit(browser, system.url, PHONE);
    const [veraAddress] = await Promise.all([signUp(vera.page, 'Vera'), signInAsOperator(page)]);
    const wimAddress = await signUp(wim.page, 'Wim');

    await page.goto('/admin');
    await page.getByText('Anybody can create an account.').waitFor();
    await page.getByRole('searchbox', { name: 'Search by name or address' }).fill(veraAddress);
    const row = page.getByRole('listitem').filter({ has: page.getByText('Vera', { exact: true }) });
    await row.waitFor();
    const doTo = async (action: string, address = veraAddress): Promise<void> => {
      await page.getByRole('button', { name: `${action}: ${address}` }).click();
      const dialog = page.getByRole('alertdialog', { name: `${action}: Vera` });
      await dialog.getByRole('button', { name: 'Confirm' }).click();
      await dialog.waitFor({ state: 'detached' });
    };

    await doTo('Disable');
    await row.getByText('Disabled', { exact: true }).waitFor();
    await isAt(vera.page, /^\/sign-in/, 60_000); // her open page ends by itself
    await enter(vera.page, veraAddress);
    await vera.page.getByText('This account is disabled.').waitFor();
    await doTo('Enable');
    await row.getByText('Disabled', { exact: true }).waitFor({ state: 'detached' });
    await enter(vera.page, veraAddress);
    await isAt(vera.page, /^\/$/);
    expect((await vera.page.request.get('/admin')).status()).toBe(404);
    await doTo('Make an operator');
    await row.getByText('Operator', { exact: true }).waitFor();

    const invitations = page.getByRole('region', { name: 'Invitations' });
    await invitations.getByLabel('Only for this address (optional)').fill('not an address');
    await invitations.getByRole('button', { name: 'Create invitation' }).click();
    expect(await invitations.getByRole('status').count()).toBe(0);
    await invitations.getByLabel('Only for this address (optional)').fill('');
    await invitations.getByLabel('Uses').fill('3');
    await invitations.getByRole('button', { name: 'Create invitation' }).click();
    const link = await invitations.getByRole('status').locator('pre').innerText();
    expect(link).toMatch(/\/sign-up#[\w-]{20,}$/);
    await invitations.getByText(/^0 of 3 used/).waitFor();
    await lookAt(page, 'admin');
    await invitations.getByRole('button', { name: 'Withdraw' }).first().click();
    await invitations.getByText(/^0 of 3 used/).waitFor({ state: 'detached' });

    // Vera, an operator with a factor of her own, requires one of all operators; Wim becomes one without.
    await setUpApp(vera.page);
    await vera.page.goto('/admin');
    const decide = vera.page.getByRole('region', { name: 'Second factor' });
    try {
      await decide.getByLabel('Required of').selectOption('operators');
      await decide.getByRole('button', { name: 'Save' }).click();
      await vera.page.getByText('required a second factor of operators').waitFor();
      await vera.page.getByRole('searchbox').fill(wimAddress);
      await vera.page.getByRole('button', { name: `Make an operator: ${wimAddress}` }).click();
      await vera.page.getByRole('alertdialog').getByRole('button', { name: 'Confirm' }).click();
      const takeAway = vera.page.getByRole('button', { name: `Take the role away: ${wimAddress}` });
      const wims = vera.page.getByRole('listitem').filter({ has: takeAway });
      await wims.getByText('No second factor', { exact: true }).waitFor();

      await wim.page.goto('/upcoming');
      await isAt(wim.page, /^\/required-factor\?next=%2Fupcoming$/);
      await wim.page.getByRole('heading', { name: 'A second factor is required' }).waitFor();
      await lookAt(wim.page, 'required-factor');
      const factor = wim.page.getByRole('region', { name: 'Second factor' });
      await factor.getByRole('button', { name: 'Set up' }).click();
      await factor.getByLabel('Confirm with your password').fill(PASSWORD);
      const [answer] = await Promise.all([
        wim.page.waitForResponse((response) => response.url().endsWith('/two-factor/enable')),
        factor.getByRole('button', { name: 'Continue' }).click(),
      ]);
      const { totpURI } = (await answer.json()) as { totpURI: string };
      await factor.getByLabel('Code that the app shows now').fill(codeOf(totpURI));
      await factor.getByRole('button', { name: 'Turn on' }).click();
      await factor.getByRole('button', { name: 'I have kept them' }).click();
      await isAt(wim.page, /^\/upcoming$/);
    } finally {
      await vera.page.request.post('/api/admin/second-factor', {
        data: { requiredOf: 'nobody' },
        headers: { origin: new URL(vera.page.url()).origin },
      });
    }
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
    for (const visitor of [context, vera.context, wim.context]) await visitor.close();
  }, 240_000);
}

async function enter(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Asks a route as the page would. */
async function post<T>(page: Page, path: string, data: object): Promise<T> {
  const answer = await page.request.post(path, {
    data,
    headers: { origin: new URL(page.url()).origin },
  });
  expect([path, answer.status()]).toEqual([path, 200]);
  return (await answer.json()) as T;
}

/** Sets up an authenticator app without its page, which has a test of its own. */
async function setUpApp(page: Page): Promise<void> {
  const { totpURI } = await post<{ totpURI: string }>(page, '/api/auth/two-factor/enable', {
    password: PASSWORD,
  });
  await post(page, '/api/auth/two-factor/verify-totp', { code: codeOf(totpURI) });
}

/** Whether everybody can use the page as it is, in both themes; with ADMIN_SCREENSHOTS also pictures, for people to look at. */
async function lookAt(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => [theme, id, ...nodes.map(({ html }) => html)]);
    expect(found).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const folder = process.env['ADMIN_SCREENSHOTS'];
    if (folder !== undefined)
      await page.screenshot({ path: `${folder}/${name}-${theme}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
