// Keys alone: no pointer is used after the sign-up.
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeFindings } from './accessibility';
import { api, signUp, tokenOf, visit } from './browser';
import type { RunningSystem } from './running-system';

interface Task {
  id: string;
  title: string;
  status: string;
  priority: string;
  listId: string | null;
  due: { date?: string } | null;
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');

export function testKeyboard(world: () => { system: RunningSystem; browser: Browser }): void {
  test('with keys alone: add, along the list, priority, list, date, undo', async () => {
    const { system, browser } = world();
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
      await page
        .getByRole('option', { selected: true })
        .getByText(new RegExp(words, 'i'))
        .waitFor();
      await press('Enter');
      await palette.waitFor({ state: 'detached' });
    };

    // Three tasks. The first key comes before the part that reads keys is loaded.
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
    await press('Escape');
    await page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
    });

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

    await press('Control+z');
    await page.getByRole('button', { name: 'Write letter', exact: true }).waitFor();
    expect(problems).toEqual([]);
  }, 120_000);
}
