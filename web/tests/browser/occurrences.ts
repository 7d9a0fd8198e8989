// A person changes one occurrence of a repeating task, and skips one.
import { expect, test } from 'vitest';
import { api, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

interface Repeating {
  id: string;
  title: string;
  due: unknown;
  usual?: unknown;
}

export function testOccurrences(world: World): void {
  test('an occurrence is skipped, brought back, and changed alone', async () => {
    const { system, browser } = world();
    const { page, problems } = await visit(browser, system.url);
    await signUp(page, 'Sam');
    const token = await tokenOf(page);
    const due = { kind: 'date', date: '2037-03-02' };
    const { id } = await api<Repeating>(system.url, token, 'POST', '/tasks', {
      title: 'Bins',
      due,
      recurrence: { rule: 'FREQ=WEEKLY' },
    });
    const stored = () => api<Repeating>(system.url, token, 'GET', `/tasks/${id}`);
    await page.goto('/all');
    const menu = page.getByRole('button', { name: 'More actions for Bins' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Skip this one' }).click();
    const toast = page.getByText(/^Skipped .*Bins/).first();
    await toast.waitFor();
    expect((await stored()).due).toEqual({ kind: 'date', date: '2037-03-09' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page
      .getByText(/Bins.* is back/)
      .first()
      .waitFor();
    expect((await stored()).due).toEqual(due);

    await menu.click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    const sheet = page.getByRole('dialog', { name: 'Edit task' });
    await sheet.waitFor();
    expect(await sheet.getByText('Only this one').count()).toBe(0); // nothing is changed yet
    await sheet.getByLabel('Title').fill('Bins and glass');
    await sheet.getByRole('radio', { name: /^Only this one/ }).check();
    await sheet.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Bins and glass', exact: true }).waitFor();
    await expect
      .poll(stored, { timeout: 20_000 })
      .toMatchObject({ title: 'Bins and glass', usual: { title: 'Bins' } });
    expect(problems).toEqual([]);
  });
}
