// A deleted task: found in the trash, at its own address, restored, and erased.
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeFindings } from './accessibility';
import { api, isAt, signUp, tokenOf, visit } from './browser';
import type { RunningSystem } from './running-system';

interface Task {
  id: string;
  title: string;
}

export function testTrash(world: () => { system: RunningSystem; browser: Browser }): void {
  test('a deleted task is in the trash, comes back from there and from its address, and is erased only after a yes', async () => {
    const { system, browser } = world();
    const { page, problems } = await visit(browser, system.url);
    await signUp(page, 'Tara');
    const token = await tokenOf(page);
    const add = (fields: object) => api<Task>(system.url, token, 'POST', '/tasks', fields);
    const parent = await add({ title: 'Paint the fence' });
    await add({ title: 'Buy paint', parentId: parent.id });
    const other = await add({ title: 'Old idea' });
    for (const { id } of [parent, other]) await api(system.url, token, 'DELETE', `/tasks/${id}`);

    await page.goto('/');
    await page.getByRole('link', { name: 'Trash' }).click();
    await page.getByRole('heading', { name: 'Trash', level: 1 }).waitFor();
    const rows = page.getByRole('list', { name: 'Deleted tasks' }).getByRole('listitem');
    await rows.filter({ hasText: 'Paint the fence' }).getByText('with 1 subtask').waitFor();
    expect(await rows.count()).toBe(2);
    expect(await axeFindings(page)).toEqual([]);

    // Restored elsewhere, it leaves this page by itself; deleted, it is back.
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    await api(system.url, token, 'POST', `/tasks/${other.id}/restore`);
    await rows.filter({ hasText: 'Old idea' }).waitFor({ state: 'detached' });
    await api(system.url, token, 'DELETE', `/tasks/${other.id}`);
    await rows.filter({ hasText: 'Old idea' }).waitFor();

    await page.goto(`/tasks/${parent.id}`);
    const gone = page.getByRole('dialog', { name: 'This task is in the trash' });
    await gone.getByText('Paint the fence').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await gone.getByRole('button', { name: 'Restore' }).click();
    const sheet = page.getByRole('dialog', { name: 'Edit task' });
    await sheet.getByText('Buy paint').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });

    await page.goto(`/tasks/${other.id}`);
    await page.getByRole('dialog').getByRole('link', { name: 'Open the trash' }).click();
    await isAt(page, /^\/trash$/);
    await page.getByRole('button', { name: 'Delete Old idea for good' }).click();
    const question = page.getByRole('alertdialog', { name: /^Delete “.*Old idea.*” for good/ });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await rows.count()).toBe(1);
    await page.getByRole('button', { name: 'Delete Old idea for good' }).click();
    await question.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('The trash is empty').waitFor();
    await page.goto(`/tasks/${other.id}`);
    await page.getByRole('dialog', { name: 'This task does not exist' }).waitFor();
    await page.goto('/activity');
    await page.getByText('Deleted for good').first().waitFor();
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
  }, 120_000);
}
