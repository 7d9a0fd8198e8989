// What an operator sees on a phone: every part with its version, the last hour as plots, the
// slowest traces, the deploy history, and dead letters to decide about.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addTask, PASSWORD, signUp, visit } from './browser';
import { OPERATOR, type RunningSystem } from './running-system';

/** Enough for a busy machine, in ms. */
const SOON = { timeout: 30_000 };
const PLOTS = [
  'From event to effect',
  'Answering a request',
  'From change to live view',
  'Waiting in the outbox',
  'Requests',
  'Events with an effect',
];

/** Signs the operator up, or in where that was done before. */
export async function signInAsOperator(page: Page): Promise<void> {
  await signUp(page, 'Axel', OPERATOR).catch(async () => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(OPERATOR);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  });
}

/** Pictures of the page, for people to look at. */
async function photograph(page: Page): Promise<void> {
  const folder = process.env['STATUS_SCREENSHOTS'];
  if (folder === undefined) return;
  await page.screenshot({ path: `${folder}/status-phone.png`, fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.screenshot({ path: `${folder}/status-desktop.png`, fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
}

export function testOperator(world: () => { system: RunningSystem; browser: Browser }): void {
  test('the status page on a phone: parts, the last hour, and a dead letter that is replayed and discarded', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    await signInAsOperator(page);
    await addTask(page, 'To be counted');
    await page.goto('/status');
    const parts = page.getByRole('region', { name: 'Parts' }).getByRole('listitem');
    await expect.poll(() => parts.count(), SOON).toBe(4);
    for (const part of await parts.all()) {
      expect(await part.innerText()).toMatch(/OK\s+version \S+ · started/);
      expect(await part.innerText()).toContain('database: ok');
    }
    for (const title of PLOTS)
      await page.getByRole('figure', { name: new RegExp(`^${title}`) }).waitFor();
    // drawn once the page has asked again: every 10 s
    const effect = page.getByRole('figure', { name: /^From event to effect/ });
    await effect.locator('polyline, circle').first().waitFor(SOON);
    expect(await effect.locator('table tr').count()).toBeGreaterThan(0);

    const slowest = page.getByRole('region', { name: 'Slowest traces' }).getByRole('listitem');
    await expect.poll(() => slowest.count(), SOON).toBeGreaterThan(0);
    const rows = (await slowest.allInnerTexts()).join('\n');
    expect(rows).toMatch(/^(?:\d+ ms|[\d.]+ s)$/m);
    expect(rows).toMatch(/^[0-9a-f]{32}$/m);
    const deploys = page.getByRole('region', { name: 'Deploy history' }).getByRole('listitem');
    await expect.poll(() => deploys.count(), SOON).toBeGreaterThan(0);
    const [newest = ''] = await deploys.allInnerTexts();
    expect(newest).toMatch(/version \S+/);
    for (const part of ['todo-backend', 'audit-service', 'recurring-service'])
      expect(newest).toContain(part);

    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const smallest = await page.evaluate(() =>
      Math.min(
        ...[...document.querySelectorAll('main figure svg text')].map(
          (text) => text.getBoundingClientRect().height,
        ),
      ),
    );
    expect(smallest).toBeGreaterThanOrEqual(10);

    if (system.publish !== null) {
      const event = {
        ...{ specversion: '1.0', id: randomUUID(), source: '/test', subject: 'x', data: {} },
        ...{ type: 'todo.task.created.v99', datacontenttype: 'application/json' },
      };
      expect(await system.publish('task-events', event)).toBe(204);
      const letters = page.getByRole('region', { name: 'Dead letters' }).getByRole('listitem');
      // without a reload: one for each part that subscribes to the topic
      await expect.poll(() => letters.count(), SOON).toBe(3);
      await photograph(page);
      await letters.first().getByRole('button', { name: 'Replay' }).click();
      await page
        .getByText(/The action failed: .*unknown event type/)
        .first()
        .waitFor(SOON);
      expect(await letters.count()).toBe(3);
      for (let left = 3; left > 0; left -= 1) {
        await letters.first().getByRole('button', { name: 'Discard' }).click();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
        await expect.poll(() => letters.count(), SOON).toBe(left - 1);
      }
      await page.getByText('No dead letters. Every event was handled.').waitFor();
    }
    expect(problems.filter((problem) => !problem.includes('422'))).toEqual([]);
    await context.close();
  }, 240_000);

  test('is not there for anybody else', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Nosy');
    expect((await page.goto('/status'))?.status()).toBe(404);
    await context.close();
  });
}
