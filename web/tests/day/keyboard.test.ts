// A day with the keyboard alone, on the real system: no pointer is used after the sign-up. `npm run test:day`.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axeFindings } from '../browser/accessibility';
import { api, closeVisits, launchBrowser, signUp, tokenOf, visit } from '../browser/browser';
import { runningSystem, type RunningSystem } from '../browser/running-system';

interface Task {
  id: string;
  title: string;
  status: string;
  priority: string;
  tags: string[];
  listId: string | null;
  due: { date?: string } | null;
}

let system: RunningSystem;
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
  system = await runningSystem();
});
afterEach(closeVisits);
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (system as RunningSystem | undefined)?.stop();
});

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
const letGo = (page: Page) =>
  page.evaluate(() => {
    (document.activeElement as HTMLElement).blur();
  });

test('add, complete words, move, date, priority, list, done, undo twice, rename, delete, restore, search, help', async () => {
  const { page, problems } = await visit(browser, system.url);
  await signUp(page, 'Kim');
  const token = await tokenOf(page);
  const list = await api<{ id: string }>(system.url, token, 'POST', '/lists', { name: 'Garden' });
  const press = (keys: string) => page.keyboard.press(keys);
  const task = async (title: string) => {
    const path = `/tasks?status=all&q=${encodeURIComponent(title)}`;
    return (await api<{ items: Task[] }>(system.url, token, 'GET', path)).items[0];
  };
  const palette = page.getByRole('combobox', { name: /Search commands|A date/ });
  const choose = async (words: string) => {
    await palette.waitFor();
    await page.keyboard.type(words);
    await page.getByRole('option', { selected: true }).getByText(new RegExp(words, 'i')).waitFor();
    await press('Enter');
    await palette.waitFor({ state: 'detached' });
  };

  // Morning: three tasks. The first key comes before the part that reads keys is loaded.
  await page.reload();
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  await page.locator('[data-live=open]').waitFor({ state: 'attached' });
  await press('n');
  await expect.poll(() => focused(page)).toBe('Add a task');
  for (const title of ['Water roses', 'Write letter', 'Call Ada']) {
    await page.keyboard.type(title);
    await press('Enter');
    await page.getByRole('button', { name: title, exact: true }).waitFor();
  }
  // A word is completed, and a slip is read as what was meant.
  await page.keyboard.type('Sell the mower #gar');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('shed !hi');
  const completions = page.getByRole('listbox', { name: 'Completions' });
  await completions.getByRole('option', { name: '!high' }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await press('Tab');
  await completions.waitFor({ state: 'detached' });
  await page.keyboard.type('tomorow');
  await page
    .getByRole('status', { name: 'Understood' })
    .getByText(/read as/)
    .waitFor();
  await press('Enter');
  await expect.poll(async () => (await task('mower'))?.priority).toBe('high');
  expect(await task('mower')).toMatchObject({ title: 'Sell the mower', tags: ['shed'] });
  await letGo(page);

  // Along the list: to the first, the last, and the same control of the next.
  await press('j');
  const first = await focused(page);
  await press('ArrowDown');
  await press('j');
  const last = await focused(page);
  expect(new Set([first, last, 'x']).size).toBe(3);
  await press('Tab');
  await press('ArrowUp');
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
  await press('Shift+Tab');

  const at = async (title: string) => {
    for (let step = 0; step < 6; step += 1) {
      if ((await focused(page)) === `Complete ${title}`) return;
      await press(step < 3 ? 'k' : 'j');
    }
    expect(await focused(page)).toBe(`Complete ${title}`);
  };
  await at('Water roses');
  await press('p');
  expect(await axeFindings(page)).toEqual([]);
  await choose('high');
  await expect.poll(async () => (await task('roses'))?.priority).toBe('high');
  await at('Water roses');
  await press('m');
  await choose('Garden');
  await expect.poll(async () => (await task('roses'))?.listId).toBe(list.id);
  await at('Write letter');
  await press('d');
  await palette.waitFor();
  await page.keyboard.type('in 3 days');
  await page.getByRole('option', { name: /^Due on/, selected: true }).waitFor();
  await press('Enter');
  await page
    .getByRole('button', { name: 'Write letter', exact: true })
    .waitFor({ state: 'detached' });

  // Undo, twice: the date, then the list.
  await press('Control+z');
  await page.getByRole('button', { name: 'Write letter', exact: true }).waitFor();
  await press('Control+z');
  await expect.poll(async () => (await task('roses'))?.listId).toBe(null);

  // Noon: one is done, one is renamed.
  await press('j');
  await at('Call Ada');
  await press('x');
  await page.getByRole('button', { name: 'Call Ada', exact: true }).waitFor({ state: 'detached' });
  expect((await task('Ada'))?.status).toBe('done');
  await at('Write letter');
  await press('e');
  await page.getByRole('textbox', { name: 'Rename Write letter' }).waitFor();
  await press('Control+a');
  await page.keyboard.type('Write a long letter?'); // keys in a field are letters
  await press('Enter');
  await page.getByRole('button', { name: 'Write a long letter?', exact: true }).waitFor();

  // Evening: one is deleted and restored; the palette finds a task, a list and a page; the list of shortcuts; single keys switched off.
  await letGo(page);
  await press('j');
  await at('Write a long letter?');
  await press('Delete');
  await page
    .getByRole('button', { name: 'Write a long letter?', exact: true })
    .waitFor({ state: 'detached' });
  await press('Control+k');
  await choose('Trash');
  await page.getByRole('heading', { name: 'Trash', level: 1 }).waitFor();
  const restore = page.getByRole('button', { name: 'Restore Write a long letter?' });
  await restore.waitFor();
  expect(await axeFindings(page)).toEqual([]);
  for (let tabs = 0; tabs < 60; tabs += 1) {
    if (await restore.evaluate((button) => button === document.activeElement)) break;
    await press('Tab');
  }
  await press('Enter');
  await restore.waitFor({ state: 'detached' });
  expect((await task('long letter'))?.status).toBe('open');
  await press('g');
  await press('t');
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Write a long letter?', exact: true }).waitFor();
  await press('Control+k');
  await palette.waitFor();
  await page.keyboard.type('roses');
  await page.getByRole('option', { name: 'Water roses' }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await press('Enter');
  await page.getByRole('dialog', { name: 'Edit task' }).waitFor();
  await press('Escape');
  await page.getByRole('dialog', { name: 'Edit task' }).waitFor({ state: 'detached' });
  await press('Control+k');
  await choose('Garden');
  await page.getByRole('heading', { name: 'Garden', level: 1 }).waitFor();
  await press('g');
  await press('u');
  await page.getByRole('heading', { name: 'Upcoming', level: 1 }).waitFor();
  await press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await help.getByRole('checkbox', { name: /Single-key shortcuts/ }).focus();
  await press('Space');
  await press('Escape');
  await help.waitFor({ state: 'detached' });
  await press('g');
  await press('a');
  await press('?');
  expect(await help.count()).toBe(0);
  await press('Control+k');
  await choose('All tasks');
  await page.getByRole('heading', { name: 'All tasks', level: 1 }).waitFor();
  expect(problems).toEqual([]);
}, 240_000);
