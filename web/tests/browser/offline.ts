// Without network, in a real browser: the app opens at any address, changes wait on the device and are sent in order, and none
// of it is shown to another account.
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeFindings } from './accessibility';
import { addTask, api, isAt, signUp, tokenOf, visit } from './browser';
import type { RunningSystem } from './running-system';

interface Task {
  id: string;
  title: string;
  status: string;
  notes: string;
  priority: string;
  version: number;
  due: { date: string } | null;
}

/** Whether everything that works without network is on the device. Runs in the page. */
async function isKept(): Promise<boolean> {
  const shell = (await caches.keys()).find((name) => name.startsWith('todo-shell-'));
  if (shell === undefined || navigator.serviceWorker.controller === null) return false;
  if ((await (await caches.open(shell)).keys()).length === 0) return false;
  if (!(await indexedDB.databases()).some(({ name }) => name === 'todo-offline')) return false;
  return await new Promise<boolean>((resolve) => {
    const opening = indexedDB.open('todo-offline');
    opening.addEventListener('success', () => {
      const database = opening.result;
      const all = database.transaction('copies').objectStore('copies').getAll();
      all.addEventListener('success', () => {
        database.close();
        resolve(all.result.some(({ wholeAt }: { wholeAt: number }) => wholeAt > 0));
      });
    });
  });
}

async function keptOnDevice(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(isKept), { timeout: 60_000 }).toBe(true);
}

const row = (page: Page, title: string) => page.locator('li[data-task]').filter({ hasText: title });
const tasksOf = async (url: string, page: Page) =>
  (await api<{ items: Task[] }>(url, await tokenOf(page), 'GET', '/tasks?status=all')).items;

export function testOffline(world: () => { system: RunningSystem; browser: Browser }): void {
  test('after one visit the app opens at any address without network, and changes are sent later, in order', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Ofra');
    const token = await tokenOf(page);
    const list = await api<{ id: string }>(system.url, token, 'POST', '/lists', { name: 'Boat' });
    for (const [title, more] of [
      ['Mend the sail', { listId: list.id }],
      ['Paint the hull', { listId: list.id, tags: ['dry'] }],
      ['Sell the anchor', {}],
    ] as const)
      await api(system.url, token, 'POST', '/tasks', { title, ...more });
    await page.reload();
    await keptOnDevice(page);
    await context.setOffline(true);

    for (const [path, heading, shown] of [
      ['/all', 'All tasks', 'Sell the anchor'],
      [`/lists/${list.id}`, 'Boat', 'Mend the sail'],
      ['/tags/dry', '#dry', 'Paint the hull'],
      ['/search?q=hull', 'Search', 'Paint the hull'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await page.getByRole('button', { name: shown, exact: true }).waitFor();
      expect(await page.getByRole('link', { name: 'Boat' }).count()).toBeGreaterThan(0);
    }
    await page.goto('/account');
    await page.getByText('This page needs a connection').waitFor();
    await page.getByRole('link', { name: 'All tasks' }).first().click();
    await page.getByRole('heading', { name: 'All tasks', level: 1 }).waitFor();

    // A tick, a rename, an edit in the sheet, a deletion and a line.
    await page.getByRole('checkbox', { name: 'Complete Mend the sail' }).click();
    await page.getByRole('button', { name: 'Paint the hull', exact: true }).click();
    await page.getByRole('textbox', { name: 'Rename Paint the hull' }).fill('Paint the hull red');
    await page.keyboard.press('Enter');
    await row(page, 'Paint the hull red').getByText('Waiting to be sent').waitFor();
    await page.getByRole('link', { name: 'Open Paint the hull red' }).click();
    const sheet = page.getByRole('dialog', { name: 'Edit task' });
    await sheet.getByLabel('Notes').fill('two coats');
    await sheet.getByRole('button', { name: 'Save' }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'More actions for Sell the anchor' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await row(page, 'Sell the anchor').waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: 'Add a task' }).fill('Buy rope tomorrow #dry');
    await page.keyboard.press('Enter');
    const lines = page.getByRole('list', { name: 'Waiting to be added' });
    await lines.getByText('Buy rope tomorrow #dry').waitFor();
    await page.getByText(/5 changes wait to be sent/).waitFor();
    expect(await axeFindings(page)).toEqual([]);

    await page.reload();
    await row(page, 'Paint the hull red').getByText('Waiting to be sent').waitFor();
    await lines.getByText('Buy rope tomorrow #dry').waitFor();
    expect(await row(page, 'Sell the anchor').count()).toBe(0);
    expect(await row(page, 'Mend the sail').count()).toBe(0);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const panel = page.getByRole('dialog', { name: 'Changes on this device' });
    expect(await panel.getByRole('listitem').allTextContents()).toEqual([
      expect.stringContaining('Complete “'),
      expect.stringContaining('Change “'),
      expect.stringContaining('Change “'),
      expect.stringContaining('Delete “'),
      expect.stringContaining('Add “'),
    ]);
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');

    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'GET' && request.url().includes('/api/v1/tasks'))
        sent.push(
          `${request.method()} ${request.headers()['idempotency-key'] === undefined ? '' : 'with key'}`,
        );
    });
    await context.setOffline(false);
    await page.getByText('Back online. 5 changes sent.').first().waitFor();
    await page.getByRole('button', { name: 'Buy rope', exact: true }).waitFor();
    await page.getByText(/to be sent/i).waitFor({ state: 'detached' });
    expect(sent.at(-1)).toBe('POST with key');
    const tasks = await tasksOf(system.url, page);
    expect(tasks.map(({ title, status }) => `${title}: ${status}`).sort()).toEqual([
      'Buy rope: open',
      'Mend the sail: done',
      'Paint the hull red: open',
    ]);
    expect(tasks.find(({ title }) => title === 'Paint the hull red')?.notes).toBe('two coats');
    // 412: the second edit of a task began with the version before the first.
    expect(
      problems.filter((problem) => !/ERR_INTERNET_DISCONNECTED|RSC payload|412/.test(problem)),
    ).toEqual([]);
  }, 120_000);

  test('an edit made offline meets another one: fields are merged, and the person chooses where both changed one', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Merle');
    const token = await tokenOf(page);
    const made = await api<Task>(system.url, token, 'POST', '/tasks', {
      title: 'Book the ferry',
    });
    await page.goto('/all');
    await keptOnDevice(page);
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Open Book the ferry' }).click();
    const sheet = page.getByRole('dialog', { name: 'Edit task' });
    await sheet.getByLabel('Title').fill('Book the night ferry');
    await sheet.getByLabel('Notes').fill('with a cabin');
    await sheet.getByRole('button', { name: 'Save' }).click();
    await sheet.waitFor({ state: 'detached' });
    await api(system.url, token, 'PATCH', `/tasks/${made.id}`, {
      title: 'Book the early ferry',
      priority: 'high',
    });
    await context.setOffline(false);
    await page.getByText('1 change needs your attention.').waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('button', { name: 'Choose' }).click();
    await sheet.waitFor();
    expect(await sheet.getByLabel('Notes').inputValue()).toBe('with a cabin');
    expect(await sheet.getByLabel('Priority').inputValue()).toBe('high');
    await sheet.getByRole('button', { name: 'Keep mine' }).click();
    await sheet.getByRole('button', { name: 'Save' }).click();
    await sheet.waitFor({ state: 'detached' });
    const [task] = await tasksOf(system.url, page);
    expect(task).toMatchObject({
      title: 'Book the night ferry',
      notes: 'with a cabin',
      priority: 'high',
    });
    expect(await page.getByText(/your attention/).count()).toBe(0);
  }, 120_000);

  test('signing out asks when something waits, and leaves nothing; another account on the device sees nothing of it', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Sina');
    await addTask(page, 'A secret of Sina');
    await page.reload();
    await keptOnDevice(page);
    const kept = () =>
      page.evaluate(async () => {
        const shells = (await caches.keys()).filter((name) => name.startsWith('todo-shell-'));
        const waiting = Object.keys(localStorage).filter((name) => name.startsWith('todo-waiting'));
        return [...shells, ...waiting];
      });
    await page.route('**/api/v1/tasks/*/complete', (route) => route.abort());
    await page.getByRole('checkbox', { name: 'Complete A secret of Sina' }).click();
    await page.getByText('1 change waits to be sent.').waitFor();
    await page.getByRole('button', { name: /Sina/ }).last().click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    const question = page.getByRole('alertdialog', {
      name: 'Sign out and lose changes?',
    });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await kept()).toHaveLength(2);
    await page.getByRole('button', { name: /Sina/ }).last().click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await question.getByRole('button', { name: 'Sign out' }).click();
    await isAt(page, /^\/sign-in$/);
    await expect.poll(kept).toEqual([]);
    await context.setOffline(true);
    await page.goto('/all');
    await page.getByText('Nobody is signed in on this device').waitFor();
    await context.setOffline(false);
    await page.unroute('**/api/v1/tasks/*/complete');

    await signUp(page, 'Tilda');
    await keptOnDevice(page);
    await context.setOffline(true);
    await page.goto('/all');
    await page.getByText('No tasks yet').waitFor();
    expect(await page.getByText('Sina').count()).toBe(0);

    // An ended session, not a sign-out: Tilda's page is not there for whoever comes next either.
    await context.clearCookies();
    await context.setOffline(false); // the page finds out by itself
    await isAt(page, /^\/sign-in/);
    await expect.poll(kept).toEqual([]);
  }, 120_000);
}
