// Journeys through lists and their order, tags, quick add and the notification channels.
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addTask, api, isAt, signUp, tokenOf, visit } from './browser';
import type { RunningSystem } from './running-system';

/** What the tests run on; asked for when a test runs. */
export type World = () => { system: RunningSystem; browser: Browser };

/** Enough for a busy machine, in ms. */
const SOON = { timeout: 20_000 };
/** Live: from when the tab that changed something shows it, in ms. */
const WITHIN_A_SECOND = { timeout: 1_000 };

async function newList(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByLabel('List name').fill(name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

const titles = (page: Page) =>
  page.locator('main li[data-task] button[title^=Rename]').allTextContents();
const inOrder = (page: Page, wanted: string[]) =>
  expect.poll(() => titles(page), SOON).toEqual(wanted);

/** Where a task is seen: while it is lifted, that is not its place in the document. */
const topOf = async (page: Page, title: string) =>
  (await page.getByRole('button', { name: title, exact: true }).boundingBox())!.y;

export function testLists(world: World): void {
  test('a list is made, filled, ordered by keyboard, mouse and menu, renamed and deleted; another tab follows within a second', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Lisa');
    const other = await context.newPage();
    await other.goto('/all');
    await other.locator('[data-live=open]').waitFor({ state: 'attached' });
    await newList(page, 'Holiday');
    const link = other.getByRole('navigation').getByRole('link', { name: 'Holiday' });
    await link.waitFor(WITHIN_A_SECOND);
    await link.click();
    for (const title of ['Tickets', 'Hotel', 'Suitcase']) await addTask(page, title);
    await inOrder(page, ['Tickets', 'Hotel', 'Suitcase']);
    await inOrder(other, ['Tickets', 'Hotel', 'Suitcase']);

    const handle = page.getByRole('button', { name: 'Move Suitcase' });
    const said = (words: string) => page.getByText(words).waitFor({ state: 'attached' });
    await handle.focus();
    await page.keyboard.press('Space');
    await said('Picked up Suitcase. Position 3 of 3.');
    await page.keyboard.press('ArrowUp');
    await said('Suitcase: position 2 of 3.');
    expect(await topOf(page, 'Suitcase')).toBeLessThan(await topOf(page, 'Hotel'));
    await page.keyboard.press('Escape');
    await said('Move cancelled. Suitcase is back in its place.');
    await inOrder(page, ['Tickets', 'Hotel', 'Suitcase']);

    // As fast as fingers are: nothing is waited for between the keys, which go to whatever has the focus.
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Space', 'ArrowUp', 'ArrowUp', 'Space');
    await said('Dropped Suitcase at position 1 of 3.');
    await inOrder(page, ['Suitcase', 'Tickets', 'Hotel']);
    await inOrder(other, ['Suitcase', 'Tickets', 'Hotel']);
    await press('Enter', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter');
    await said('Dropped Suitcase at position 2 of 3.');
    await inOrder(other, ['Tickets', 'Suitcase', 'Hotel']);
    await press('Space', 'ArrowUp', 'Tab');
    await said('Dropped Suitcase at position 1 of 3.');
    await inOrder(page, ['Suitcase', 'Tickets', 'Hotel']);
    await inOrder(other, ['Suitcase', 'Tickets', 'Hotel']);

    const from = await page.getByRole('button', { name: 'Move Suitcase' }).boundingBox();
    const to = await page.getByRole('button', { name: 'Move Hotel' }).boundingBox();
    await page.mouse.move(from!.x + 5, from!.y + 10);
    await page.mouse.down();
    await page.mouse.move(from!.x + 5, from!.y + 20, { steps: 4 });
    await page.mouse.move(to!.x + 5, to!.y + 12, { steps: 12 });
    await page.mouse.up();
    await inOrder(page, ['Tickets', 'Hotel', 'Suitcase']);
    await inOrder(other, ['Tickets', 'Hotel', 'Suitcase']);
    await page.getByRole('button', { name: 'More actions for Hotel' }).click();
    const closed = await page.getByRole('menuitem', { name: 'Move up' }).evaluate(async (item) => {
      const menu = item.closest('[role=menu]')!;
      (item as HTMLElement).click();
      await new Promise(requestAnimationFrame);
      return !menu.isConnected;
    });
    expect(closed, 'a menu that lingers takes the next click for one outside of it').toBe(true);
    await inOrder(page, ['Hotel', 'Tickets', 'Suitcase']);
    await inOrder(other, ['Hotel', 'Tickets', 'Suitcase']);
    await page.getByRole('button', { name: 'More actions for Hotel' }).click();
    await page.getByRole('menuitem', { name: 'Move up', disabled: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.reload();
    await inOrder(page, ['Hotel', 'Tickets', 'Suitcase']);

    await page.getByRole('button', { name: 'List actions' }).click();
    await page.getByRole('menuitem', { name: 'Rename list' }).click();
    await page.getByLabel('List name').fill('Summer');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Summer', level: 1 }).waitFor();
    await other.getByRole('heading', { name: 'Summer', level: 1 }).waitFor(WITHIN_A_SECOND);
    await page.getByRole('button', { name: 'List actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete list' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete list' }).click();
    await isAt(page, /^\/all$/);
    await isAt(other, /^\/all$/, WITHIN_A_SECOND.timeout);
    await other.getByRole('link', { name: 'Summer' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Hotel', exact: true }).waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  test('a list that is not there is not found', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Nils');
    await page.goto('/lists/01900000-0000-7000-8000-000000000000');
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await context.close();
  });

  test('quick add shows what it understood, takes a piece back, and adds the rest; the tag is in the navigation', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Quinn');
    await page.goto('/all');
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    const line = page.getByRole('textbox', { name: 'Add a task' });
    await line.fill('Pay rent every month on the 1st at 9am #home #money !high');
    const understood = page.getByRole('status', { name: 'Understood' });
    await understood.getByRole('button', { name: /every month/ }).waitFor();
    await understood.getByRole('button', { name: /#home/ }).waitFor();
    await understood.getByRole('button', { name: /!high/ }).waitFor();
    await understood.getByRole('button', { name: /#money/ }).click();
    await understood.getByRole('button', { name: /#money/ }).waitFor({ state: 'detached' });
    await line.press('Enter');
    const row = page.locator('main li[data-task]');
    await row.getByRole('button', { name: 'Pay rent #money', exact: true }).waitFor();
    await row.getByText('Every month').waitFor();
    await row.getByText('High').waitFor();
    await row.getByRole('link', { name: '#home' }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'home 1' }).click();
    await page.getByRole('heading', { name: '#home', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Pay rent #money', exact: true }).waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  test('an edit can be undone', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Undine');
    await addTask(page, 'Right title');
    await page.getByRole('button', { name: 'Right title', exact: true }).click();
    await page.getByRole('textbox', { name: 'Rename Right title' }).fill('Wrong title');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Wrong title', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Right title', exact: true }).waitFor();
    await context.close();
  });

  test('subtasks are added and ticked off in the task’s sheet', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Stan');
    await addTask(page, 'Move house');
    await page.getByRole('button', { name: 'More actions for Move house' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    const sheet = page.getByRole('dialog', { name: 'Edit task' });
    await sheet.getByRole('textbox', { name: 'Add a subtask' }).fill('Pack the books');
    await sheet.getByRole('button', { name: 'Add', exact: true }).click();
    const done = { name: 'Complete Pack the books' };
    const ticked = await sheet.getByRole('checkbox', done).evaluate(async (box) => {
      (box as HTMLInputElement).click();
      // Not one task later: what is seen between two tasks can be a picture on the screen.
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      return (box as HTMLInputElement).checked;
    });
    expect(ticked).toBe(true);
    await sheet.getByRole('checkbox', { ...done, checked: true }).waitFor();
    await expect
      .poll(async () => {
        const { items } = await api<{ items: { title: string; status: string }[] }>(
          system.url,
          await tokenOf(page),
          'GET',
          '/tasks?status=done',
        );
        return items.map(({ title }) => title);
      }, SOON)
      .toEqual(['Pack the books']);
    expect(problems).toEqual([]);
    await context.close();
  });

  test('notification channels: quiet hours are kept, a wrong address is named', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Nora');
    await page.goto('/account');
    const channels = page.getByRole('region', { name: 'Notification channels' });
    await channels.getByRole('checkbox', { name: /Quiet hours/ }).check();
    await channels.getByLabel('From').fill('21:30');
    await channels.getByRole('button', { name: 'Save', exact: true }).click();
    await expect
      .poll(async () => {
        const { quietHours } = await api<{ quietHours: object }>(
          system.url,
          await tokenOf(page),
          'GET',
          '/notifications/preferences',
        );
        return quietHours;
      }, SOON)
      .toEqual({ from: '21:30', to: '07:00' });
    await page.reload();
    await channels.getByRole('checkbox', { name: /Quiet hours/, checked: true }).waitFor();
    expect(await channels.getByLabel('From').inputValue()).toBe('21:30');
    await channels.getByRole('textbox', { name: 'Address' }).fill('not an address');
    await channels.getByRole('button', { name: 'Save address' }).click();
    await channels.getByText('Enter an address such as').waitFor();
    await context.close();
  });
}
