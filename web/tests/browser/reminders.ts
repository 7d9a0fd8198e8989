// Reminders that a person notices: on the open page, in its title and navigation, and in the list of notifications.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { api, isAt, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

interface Task {
  id: string;
  status: string;
  reminders: { at?: string }[];
}

/** A reminder comes by the scheduler, two events and the live stream; a busy machine takes its time. */
const SOON = { timeout: 60_000 };

export function testReminders(world: World): void {
  async function reminded(page: Page, url: string, title: string): Promise<Task> {
    return await api<Task>(url, await tokenOf(page), 'POST', '/tasks', {
      title,
      reminders: [{ at: new Date(Date.now() + 2_000).toISOString() }],
    });
  }

  test('a reminder that fires shows on the page: message, title, navigation; snoozed, done, opened', async () => {
    const { system, browser } = world();
    const { page, problems } = await visit(browser, system.url);
    await page.addInitScript(() => {
      Object.assign(navigator, {
        setAppBadge: (count: number) => {
          Object.assign(window, { badge: count });
          return Promise.resolve();
        },
        clearAppBadge: () => {
          Object.assign(window, { badge: 0 });
          return Promise.resolve();
        },
      });
    });
    await signUp(page, 'Remy');
    const token = await tokenOf(page);
    const badge = () => page.evaluate(() => (window as unknown as { badge?: number }).badge);
    const now = (id: string) => api<Task>(system.url, token, 'GET', `/tasks/${id}`);
    const place = page
      .getByRole('navigation')
      .first()
      .getByRole('link', { name: /Notifications/ });
    const message = (title: string) => page.getByRole('listitem').filter({ hasText: title });

    const first = await reminded(page, system.url, 'Turn off the oven');
    const toast = message('Turn off the oven').filter({
      has: page.getByRole('button', { name: 'Snooze' }),
    });
    await toast.waitFor(SOON);
    await expect.poll(() => page.title(), SOON).toMatch(/^\(1\) Today/);
    await place.filter({ hasText: '1' }).waitFor();
    await expect.poll(badge).toBe(1);
    await toast.getByRole('button', { name: 'Snooze' }).click();
    await page
      .getByText(/Reminding you of “Turn off the oven” again/)
      .first()
      .waitFor();
    const { reminders } = await now(first.id);
    expect(Date.parse(reminders.at(-1)?.at ?? '')).toBeGreaterThan(Date.now() + 8 * 60_000);
    await expect.poll(() => page.title(), SOON).toMatch(/^Today/);
    await expect.poll(badge).toBe(0);

    const second = await reminded(page, system.url, 'Take the pills');
    await message('Take the pills').getByRole('button', { name: 'Done' }).click(SOON);
    await expect.poll(async () => (await now(second.id)).status, SOON).toBe('done');

    const third = await reminded(page, system.url, 'Leave for the train');
    await message('Leave for the train').getByRole('button', { name: 'Open' }).click(SOON);
    await isAt(page, new RegExp(`^/tasks/${third.id}$`));
    await page.getByRole('dialog', { name: 'Edit task' }).waitFor();
    expect(problems).toEqual([]);
  });

  test('390 px: notifications are opened, done, put off, read, and all read', async () => {
    const { system, browser } = world();
    const { page, problems } = await visit(browser, system.url, {
      viewport: { width: 390, height: 844 },
    });
    await signUp(page, 'Nora');
    const token = await tokenOf(page);
    const titles = ['Pay the bill', 'Call the school', 'Send the form', 'Buy the tickets'];
    const tasks = [];
    for (const title of titles) tasks.push(await reminded(page, system.url, title));
    const unread = async () =>
      (await api<{ unread: number }>(system.url, token, 'GET', '/notifications/unread')).unread;
    await expect.poll(unread, SOON).toBe(titles.length);
    await page.goto('/notifications');
    const row = (title: string) => page.locator('main li').filter({ hasText: title });
    await row('Pay the bill').getByRole('button', { name: /^Done/ }).click();
    await row('Pay the bill').getByRole('button').first().waitFor({ state: 'detached' });
    await row('Call the school')
      .getByRole('button', { name: /^Snooze/ })
      .click();
    await row('Call the school').getByRole('button').first().waitFor({ state: 'detached' });
    await row('Send the form').getByRole('link').click();
    await page.getByRole('dialog', { name: 'Edit task' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
    await expect.poll(unread, SOON).toBe(1);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await expect.poll(unread, SOON).toBe(0);
    await row('Buy the tickets').getByRole('button').first().waitFor({ state: 'detached' });
    const state = await api<Task>(system.url, token, 'GET', `/tasks/${tasks[0]!.id}`);
    expect(state.status).toBe('done');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(problems).toEqual([]);
  });
}
