// Journeys through the calendar and the board, and a list longer than what a page can hold.
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeFindings } from './accessibility';
import { api, signUp, tokenOf, visit } from './browser';
import type { RunningSystem } from './running-system';

interface Task {
  id: string;
  title: string;
  priority: string;
  due: { kind: string; date?: string; local?: string } | null;
}

const SOON = { timeout: 20_000 };

/** A system and an account, as a script uses them. */
function scriptOf(url: string, token: string) {
  const add = (fields: object) => api<Task>(url, token, 'POST', '/tasks', fields);
  const read = ({ id }: Task) => api<Task>(url, token, 'GET', `/tasks/${id}`);
  const due = async (task: Task) => {
    const { due: now } = await read(task);
    return now?.local ?? now?.date ?? null;
  };
  return { add, read, due };
}

/** Drags by hand, in steps as a person does. */
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, from.y + 8, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

/** Waits for the part that reads keys, which is loaded with the first one; the focus is on the first task then. */
async function keysWork(page: Page): Promise<void> {
  await page.keyboard.press('j');
  await expect.poll(() => focused(page), SOON).toMatch(/^Complete /);
}

const middle = async (page: Page, selector: string) => {
  const box = (await page.locator(selector).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

export function testViews(world: () => { system: RunningSystem; browser: Browser }): void {
  test('a week, a month and a board: drag and keys move a task, what comes is not yet real, the address says what is shown', async () => {
    const { system, browser } = world();
    const { page, problems } = await visit(browser, system.url);
    await signUp(page, 'Cal');
    const { add, read, due } = scriptOf(system.url, await tokenOf(page));
    const zone = 'Europe/Berlin';
    const dentist = await add({
      title: 'Dentist',
      due: { kind: 'local', local: '2031-03-26T10:00', zone },
    });
    await add({
      title: 'Water roses',
      due: { kind: 'date', date: '2031-03-25' },
      recurrence: { rule: 'FREQ=DAILY;INTERVAL=3' },
    });

    // The week in which a night has an hour less.
    await page.goto('/calendar?view=week&date=2031-03-26');
    const chip = page.getByRole('button', { name: /10:00 Dentist/ });
    await chip.waitFor(SOON);
    const sunday = page.getByRole('region', { name: 'Sunday 30 March' });
    await sunday.getByText('23 hours').waitFor();
    const friday = page.getByRole('region', { name: 'Friday 28 March' });
    await friday.getByRole('button', { name: 'Water roses, coming occurrence' }).waitFor();

    // By keys, as fast as fingers are. Enter drops, and the keyboard is where it was.
    await keysWork(page);
    await chip.focus();
    for (const key of ['Space', 'ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page
      .getByText('Moved Dentist to Thursday 27 March, 10:15.')
      .waitFor({ state: 'attached' });
    await expect.poll(() => due(dentist), SOON).toBe('2031-03-27T10:15');
    await expect.poll(() => focused(page), SOON).toBe('10:15 Dentist');
    await page.getByText('Saved “Dentist”.').first().waitFor(SOON);
    await page.keyboard.press('Control+z');
    await expect.poll(() => due(dentist), SOON).toBe('2031-03-26T10:00');

    // With the pointer, two days on and two hours later; into the whole day; Escape leaves it.
    await chip.waitFor(SOON);
    await chip.scrollIntoViewIfNeeded();
    const column = (await page.locator('[data-drop=hours][data-date="2031-03-28"]').boundingBox())!;
    const box = (await page.locator(`li[data-task="${dentist.id}"]`).boundingBox())!;
    const grip = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await drag(page, grip, { x: column.x + column.width / 2, y: grip.y + column.height / 12 });
    await expect.poll(() => due(dentist), SOON).toBe('2031-03-28T12:00');
    await page.getByRole('button', { name: '12:00 Dentist' }).waitFor(SOON);
    await drag(
      page,
      await middle(page, `li[data-task="${dentist.id}"]`),
      await middle(page, '[data-drop=whole][data-date="2031-03-27"]'),
    );
    await expect.poll(() => due(dentist), SOON).toBe('2031-03-27');

    // A month keeps the address; another tab's task is there at once.
    await page.getByRole('button', { name: 'Month' }).click();
    expect(page.url()).toContain('view=month&date=2031-03-26');
    await add({ title: 'Call Ada', due: { kind: 'date', date: '2031-03-12' } });
    const wednesday = page.getByRole('region', { name: 'Wednesday 12 March' });
    await wednesday.getByRole('button', { name: 'Call Ada', exact: true }).waitFor(SOON);
    await drag(
      page,
      await middle(page, `li[data-task="${dentist.id}"]`),
      await middle(page, '[data-drop=day][data-date="2031-03-13"]'),
    );
    await expect.poll(() => due(dentist), SOON).toBe('2031-03-13');
    await page.getByRole('button', { name: 'Next month' }).click();
    await page.getByRole('heading', { name: 'April 2031' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'March 2031' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);

    // On a phone: the days, and the tasks of the chosen one with their menu.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Thursday 13 March, 1 task' }).click();
    await page.getByRole('button', { name: 'More actions for Dentist' }).waitFor(SOON);

    // The board: by keys, then from the card's menu.
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto('/board?by=priority');
    const card = page.locator(`li[data-task="${dentist.id}"] [data-open]`);
    await card.waitFor(SOON);
    await page.getByRole('region', { name: /^No priority, 3 tasks|^None, 3 tasks/ }).waitFor();
    await keysWork(page);
    await card.focus();
    for (const key of ['Space', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
    await expect.poll(async () => (await read(dentist)).priority, SOON).toBe('low');
    await page.getByRole('button', { name: 'Move Dentist' }).click();
    await page.getByRole('menuitem', { name: /High/ }).click();
    await expect.poll(async () => (await read(dentist)).priority, SOON).toBe('high');
    await page.getByText('Saved “Dentist”.').first().waitFor(SOON);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await read(dentist)).priority, SOON).toBe('low');
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('a long list has in the document what is near the screen, with its count, its keys and its place', async () => {
    const { system, browser } = world();
    const { page, problems } = await visit(browser, system.url);
    await signUp(page, 'Lon');
    const { add } = scriptOf(system.url, await tokenOf(page));
    const COUNT = 260;
    const title = (number: number) => `Task ${String(number).padStart(3, '0')}`;
    const numbers = Array.from({ length: COUNT }, (_, number) => number);
    for (let from = 0; from < COUNT; from += 10)
      await Promise.all(
        numbers.slice(from, from + 10).map((number) =>
          add({
            title: title(number),
            due: { kind: 'local', local: `2031-01-01T${clock(number)}`, zone: 'UTC' },
          }),
        ),
      );
    const rows = page.locator('main li[data-task]');
    const last = page.getByRole('button', { name: title(COUNT - 1), exact: true });
    const toEnd = () =>
      page.evaluate(() => {
        window.scrollTo(0, document.documentElement.scrollHeight);
      });

    await page.goto('/all');
    await page.getByRole('button', { name: title(0), exact: true }).waitFor(SOON);
    await expect
      .poll(async () => {
        await toEnd();
        return await last.isVisible();
      }, SOON)
      .toBe(true);
    expect(await rows.count()).toBeLessThan(80);
    const row = last.locator('xpath=ancestor::li');
    expect(await row.getAttribute('aria-posinset')).toBe(`${COUNT}`);
    expect(await row.getAttribute('aria-setsize')).toBe(`${COUNT}`);

    await page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
    });
    await keysWork(page);
    await toEnd();
    await last.waitFor(SOON);

    // The keys go on where the focus is, however far the page was scrolled meanwhile.
    const box = (number: number) =>
      page.getByRole('checkbox', { name: `Complete ${title(number)}` });
    await box(COUNT - 1).focus();
    await page.evaluate(() => {
      window.scrollTo(0, 0);
    });
    await page.getByRole('button', { name: title(0), exact: true }).waitFor(SOON);
    await page.keyboard.press('k');
    await expect.poll(() => focused(page), SOON).toBe(`Complete ${title(COUNT - 2)}`);

    // Back from another page: the same place. What comes above the screen does not move what is read.
    await page.evaluate(() => {
      window.scrollTo(0, document.documentElement.scrollHeight / 2);
    });
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(2_000);
    await expect
      .poll(async () => {
        const before = await topmost(page);
        await page.waitForTimeout(300);
        return before !== '' && before === (await topmost(page));
      }, SOON)
      .toBe(true);
    const seen = page.getByRole('button', { name: await topmost(page), exact: true });
    const before = (await seen.boundingBox())!.y;
    await page.getByRole('link', { name: 'Notifications' }).first().click();
    await page.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
    await page.goBack();
    await expect
      .poll(async () => Math.abs(((await seen.boundingBox())?.y ?? 9_999) - before), SOON)
      .toBeLessThan(80);
    const settled = (await seen.boundingBox())!.y;
    await add({
      title: 'First of all',
      due: { kind: 'local', local: '2030-12-31T09:00', zone: 'UTC' },
    });
    await expect
      .poll(() => rows.first().getAttribute('aria-setsize'), SOON)
      .not.toBe(`${COUNT - 1}`);
    await page.waitForTimeout(500);
    expect(Math.abs((await seen.boundingBox())!.y - settled)).toBeLessThan(4);
    expect(problems).toEqual([]);
  });
}

/** A time of day for each number. */
function clock(number: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(number / 60))}:${two(number % 60)}`;
}

/** The title of the first row below the middle of the screen. */
async function topmost(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const half = window.innerHeight / 2;
    const rows = [...document.querySelectorAll<HTMLElement>('main li[data-task]')];
    const row = rows.find((one) => one.getBoundingClientRect().top > half);
    return row?.querySelector('[data-rename]')?.textContent ?? '';
  });
}
