// The app in the reader's language: the browser's before the sign-in, the account's after it; mirrored from right to left.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { api, PASSWORD, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

interface Task {
  id: string;
}

const language = (page: Page) =>
  page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

export function testLanguages(world: World): void {
  test('a browser asks for German: sign-in, tasks, messages and refusals are; the account changes to Hebrew, mirrored', async () => {
    const { system, browser } = world();
    const { page, problems } = await visit(browser, system.url, { locale: 'de-DE', tour: true });
    await page.goto('/sign-in');
    await page.getByRole('heading', { name: 'Willkommen zurück', level: 1 }).waitFor();
    expect(await language(page)).toEqual(['de-DE', 'ltr']);
    expect(await page.title()).toBe('Anmelden · Todo');
    await page.getByLabel('E-Mail').fill('nobody@example.com');
    await page.getByLabel('Passwort').fill('wrong horse');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByText('E-Mail-Adresse oder Passwort ist falsch.').first().waitFor();

    await page.goto('/sign-up');
    await page.getByLabel('Name').fill('Greta');
    await page.getByLabel('E-Mail').fill(`greta-${Date.now()}@example.com`);
    await page.getByLabel('Passwort').fill(PASSWORD);
    await page.getByRole('button', { name: 'Konto anlegen' }).click();
    await page.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });

    // the tour covers nothing, goes by keyboard, and does not come back
    const tour = page.getByRole('region', { name: 'Eine kurze Tour' });
    await tour.getByRole('button', { name: 'Weiter' }).press('Enter');
    await tour.getByRole('heading', { name: 'Eine kurze Tour, 2 von 4' }).waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.keyboard.press('Escape');
    await tour.waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    expect(await tour.count()).toBe(0);

    await page
      .getByRole('textbox', { name: 'Aufgabe hinzufügen' })
      .fill('Milch kaufen morgen um 9 !high');
    const chips = page.getByRole('status', { name: 'Verstanden' });
    await chips.getByText('Hoch').waitFor();
    await page.getByRole('button', { name: 'Aufgabe hinzufügen' }).click();
    await page.getByText('„Milch kaufen“ hinzugefügt.').first().waitFor();
    const token = await tokenOf(page);
    const { items } = await api<{ items: (Task & { title: string })[] }>(
      system.url,
      token,
      'GET',
      '/tasks',
    );
    expect(items.map(({ title }) => title)).toEqual(['Milch kaufen']);

    await page.goto('/account');
    await page.getByLabel('Sprache und Formate').selectOption('he-IL');
    await page.getByRole('button', { name: 'Speichern', exact: true }).first().click();
    await page.getByRole('heading', { name: 'חשבון', level: 1 }).waitFor();
    expect(await language(page)).toEqual(['he-IL', 'rtl']);
    await page.goto('/all');
    await page.getByRole('heading', { name: 'כל המשימות', level: 1 }).waitFor();
    const [side, main] = await Promise.all([
      page.getByRole('navigation').first().boundingBox(),
      page.getByRole('main').boundingBox(),
    ]);
    expect(side?.x).toBeGreaterThan((main?.x ?? 0) + (main?.width ?? 0) / 2);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
  });

  test('activity is in words, and a renamed task is called by its new title', async () => {
    const { system, browser } = world();
    const { page } = await visit(browser, system.url);
    await signUp(page, 'Wanda');
    const token = await tokenOf(page);
    const list = await api<{ id: string }>(system.url, token, 'POST', '/lists', { name: 'Home' });
    const { id } = await api<Task>(system.url, token, 'POST', '/tasks', { title: 'Old words' });
    await api(system.url, token, 'PATCH', `/tasks/${id}`, { listId: list.id, notes: 'more' });
    await page.goto('/all');
    await page.getByRole('button', { name: 'Old words', exact: true }).click();
    await page.getByRole('textbox', { name: 'Rename Old words' }).fill('New words');
    await page.keyboard.press('Enter');
    await page.getByText('Saved “New words”.').first().waitFor();
    await page.goto('/activity');
    const main = page.getByRole('main');
    await expect
      .poll(
        async () => {
          await page.reload();
          await main.getByText('Created “Old words”').waitFor();
          return await main.innerText();
        },
        { timeout: 60_000 },
      )
      .toContain('Changed: notes and list');
    expect(await main.innerText()).not.toMatch(/listId|\bEvent\b/);
  });
}
