// The line of quick add: what is sent before it was read is read all the same; what the page adds, what was corrected and what
// was not read is shown; words are completed.
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeFindings } from './accessibility';
import { api, signUp, tokenOf, visit } from './browser';
import type { RunningSystem } from './running-system';

interface Task {
  title: string;
  priority: string;
  tags: string[];
  due: object | null;
}

export function testQuickAdd(world: () => { system: RunningSystem; browser: Browser }): void {
  test('a line sent too fast, or while nobody reads lines, keeps no marks in its title; chips say what was made of it', async () => {
    const { system, browser } = world();
    const { page } = await visit(browser, system.url);
    await signUp(page, 'Quentin');
    const token = await tokenOf(page);
    const task = async (words: string) =>
      (await api<{ items: Task[] }>(system.url, token, 'GET', `/tasks?q=${words}`)).items[0];
    const line = page.getByRole('textbox', { name: 'Add a task' });

    // Enter while the preview is on its way: the preview ends with the field, the line is read by itself.
    const preview = Promise.withResolvers<undefined>();
    let asked = 0;
    await page.route('**/api/v1/quick-add/preview', async (route) => {
      asked += 1;
      if (asked === 1) await preview.promise;
      await route.continue().catch(() => undefined); // nobody waits for it any more
    });
    await line.fill('Pay the rent !high #home');
    await expect.poll(() => asked).toBe(1);
    await line.press('Enter');
    preview.resolve(undefined);
    const wanted = { title: 'Pay the rent', priority: 'high', tags: ['home'] };
    await expect.poll(() => task('rent')).toMatchObject(wanted);
    await page.unroute('**/api/v1/quick-add/preview');

    // Nobody reads lines: nothing is added, and the line is there to be sent again.
    await page.route('**/api/v1/quick-add/preview', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }),
    );
    await line.fill('Paint the boat !2 #dry');
    await line.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Paint the boat' }).waitFor();
    expect(await line.inputValue()).toBe('Paint the boat !2 #dry');
    expect(await task('boat')).toBeUndefined();
    await page.unroute('**/api/v1/quick-add/preview');
    await line.press('Enter');
    await expect
      .poll(() => task('boat'))
      .toMatchObject({ title: 'Paint the boat', priority: 'medium', tags: ['dry'] });

    // On Today: the page's date is shown, and can be taken back. A word that means nothing here is marked.
    const understood = page.getByRole('status', { name: 'Understood' });
    await line.fill('Read a book !urgent');
    await understood.getByText('Today, as on this page').waitFor();
    await understood.getByText(/!urgent.* stays in the title/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await understood.getByRole('button', { name: 'Add without a date' }).click();
    await understood.getByText('Today, as on this page').waitFor({ state: 'detached' });
    await line.press('Enter');
    await expect.poll(() => task('book')).toMatchObject({ due: null });

    // A slip is corrected visibly, and as typed when that is taken back. A tag is completed.
    await line.fill('Call mum tomorow');
    await understood.getByText(/tomorow.* read as .*tomorrow/).waitFor();
    await understood.getByRole('button', { name: /Treat .*tomorow/ }).click();
    await understood.getByText(/read as/).waitFor({ state: 'detached' });
    await line.fill('');
    await line.pressSequentially('Tidy up #ho');
    await page.getByRole('option', { name: '#home' }).waitFor();
    await line.press('Tab');
    expect(await line.inputValue()).toBe('Tidy up #home ');
    await line.fill('');
    await page.getByRole('button', { name: 'What can I type?' }).click();
    const help = page.getByRole('dialog', { name: 'Add a task in one line' });
    await help.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await help.getByRole('button', { name: /Water the plants/ }).click();
    await help.waitFor({ state: 'detached' });
    expect(await line.inputValue()).toContain('Water the plants');
  }, 120_000);
}
