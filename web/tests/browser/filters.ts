// Journeys through saved filters, and what rows offer: their menu, several at once, subtasks, and what is overdue.
import { expect, test } from 'vitest';
import { addTask, api, isAt, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

/** Enough for a busy machine, in ms. */
const SOON = { timeout: 20_000 };

interface Task {
  id: string;
  title: string;
  priority: string;
  tags: string[];
  due: { kind: string; date?: string } | null;
}

export function testFilters(world: World): void {
  test('a filter is written with its errors and its count, saved, changed, and followed by another tab', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Fila');
    const token = await tokenOf(page);
    for (const [title, tags] of [
      ['Sweep', ['home']],
      ['Read', ['home']],
      ['Post', []],
    ] as const)
      await api(system.url, token, 'POST', '/tasks', { title, tags });
    const other = await context.newPage();
    await other.goto('/all');
    await other.locator('[data-live=open]').waitFor({ state: 'attached' });

    await page.getByRole('link', { name: 'New filter' }).click();
    const filter = page.getByLabel('Filter', { exact: true });
    const finds = page.locator('#filter-finds');
    await filter.fill('#home & due befor friday');
    await finds.getByText('expected a day').waitFor(SOON);
    expect(await finds.locator('mark').textContent()).toBe('befor');
    expect(await page.getByRole('button', { name: 'Save filter' }).isDisabled()).toBe(true);
    await filter.fill('#home & no date');
    await finds.getByText('2 tasks').waitFor(SOON);
    await page.getByRole('link', { name: 'Open Sweep' }).waitFor(SOON);
    await page.getByLabel('Name', { exact: true }).fill('Chores');
    await page.getByRole('button', { name: 'Save filter' }).click();
    await page.getByRole('heading', { name: 'Chores', level: 1 }).waitFor(SOON);
    await isAt(page, /^\/filters\/[0-9a-f-]+$/);

    const link = other.getByRole('navigation').getByRole('link', { name: 'Chores' });
    await link.click(SOON);
    await other.getByRole('link', { name: 'Open Read' }).waitFor(SOON);
    await page.getByRole('button', { name: 'Edit filter' }).click();
    await filter.fill('not #home');
    await page.getByRole('button', { name: 'Save filter' }).click(SOON);
    await other.getByRole('link', { name: 'Open Post' }).waitFor(SOON);
    await page.getByRole('button', { name: 'Filter actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete filter' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete filter' }).click();
    await isAt(page, /^\/all$/);
    await isAt(other, /^\/all$/);
    // the browser tells of each refused request
    expect(problems.filter((problem) => !problem.includes('400'))).toEqual([]);
    await context.close();
  });

  test('rows show subtasks, are changed by their menu, several by one choice, and overdue ones are rescheduled', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Rowan');
    const token = await tokenOf(page);
    const ask = async <T>(method: 'GET' | 'POST', path: string, body?: unknown) =>
      await api<T>(system.url, token, method, path, body);
    const tasks = async () =>
      Object.fromEntries(
        (await ask<{ items: Task[] }>('GET', '/tasks?limit=100')).items.map((task) => [
          task.title,
          task,
        ]),
      );
    const past = { kind: 'date', date: '2020-01-01' };
    const parent = await ask<Task>('POST', '/tasks', { title: 'Party', notes: 'at six' });
    await ask('POST', '/tasks', { title: 'Cake', parentId: parent.id });
    for (const title of ['Rent', 'Gas']) await ask('POST', '/tasks', { title, due: past });
    await page.goto('/all');
    const row = (title: string) =>
      page
        .locator('main li[data-task]')
        .filter({ has: page.getByRole('link', { name: `Open ${title}` }) });
    await row('Party').getByRole('button', { name: 'Subtasks: 0/1' }).click(SOON);
    const add = row('Party').getByLabel('Add a subtask');
    await add.fill('Invite tomorrow !high');
    await add.press('Enter');
    await row('Party').getByRole('link', { name: 'Invite', exact: true }).waitFor(SOON);
    await expect
      .poll(async () => (await tasks())['Invite'], SOON)
      .toMatchObject({ priority: 'high' });

    const menu = async (title: string, ...items: string[]) => {
      await row(title)
        .getByRole('button', { name: `More actions for ${title}` })
        .click();
      for (const name of items) await page.getByRole('menuitem', { name, exact: true }).click(SOON);
    };
    await menu('Party', 'Priority', 'Medium');
    await expect.poll(async () => (await tasks())['Party']?.priority, SOON).toBe('medium');
    await menu('Party', 'Duplicate');
    await expect
      .poll(async () => (await ask<{ items: Task[] }>('GET', '/tasks?q=Party')).items.length, SOON)
      .toBe(2);

    await page.goto('/');
    await page.getByRole('button', { name: 'Reschedule all' }).click(SOON);
    await page.getByRole('menuitem', { name: 'Tomorrow' }).click();
    await expect
      .poll(
        async () => (await ask<{ items: Task[] }>('GET', '/tasks?filter=overdue')).items.length,
        SOON,
      )
      .toBe(0);

    await page.goto('/all');
    await addTask(page, 'Water');
    await page.getByRole('button', { name: 'Select several' }).click();
    const boxes = page.locator('main li[data-task] input[type=checkbox]');
    await boxes.first().click();
    await boxes.nth(2).click({ modifiers: ['Shift'] });
    await page.getByText('3 selected').waitFor(SOON);
    await page.getByRole('button', { name: 'More changes' }).click();
    await page.getByRole('menuitem', { name: 'Add a tag…' }).click();
    await page.getByLabel('Tag', { exact: true }).fill('soon');
    await page.getByRole('button', { name: 'Add tag' }).click();
    await expect
      .poll(async () => (await ask<{ items: Task[] }>('GET', '/tasks?tag=soon')).items.length, SOON)
      .toBe(3);
    expect(problems).toEqual([]);
    await context.close();
  });
}
