// axe on every page, in both themes and two sizes; a screenshot of each on the way (UPDATE_SCREENSHOTS=1 keeps them).
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { addTask } from './browser';

const SCREENSHOTS = path.join(import.meta.dirname, '../../../docs/screenshots');

interface Stop {
  name: string;
  path: string;
  /** Brings the page into the state to look at. */
  prepare?: (page: Page) => Promise<unknown>;
}

const editTask = async (page: Page) => {
  await page.getByRole('button', { name: 'More for Water the plants' }).first().click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByText('Next dates').waitFor();
};

const STOPS: Stop[] = [
  { name: 'today', path: '/' },
  {
    name: 'add-options',
    path: '/',
    prepare: (page) => page.getByRole('button', { name: 'More options' }).click(),
  },
  { name: 'edit', path: '/all', prepare: editTask },
  {
    name: 'select',
    path: '/all',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Select several' }).click();
      await page.getByRole('checkbox').first().check();
    },
  },
  { name: 'upcoming', path: '/upcoming' },
  { name: 'all', path: '/all' },
  { name: 'done', path: '/done' },
  { name: 'tag', path: '/tags/home' },
  { name: 'search', path: '/search?q=plants' },
  { name: 'notifications', path: '/notifications' },
  { name: 'activity', path: '/activity' },
  { name: 'account', path: '/account' },
  { name: 'status', path: '/status' },
  { name: 'not-found', path: '/no-such-page' },
];
const SIGNED_OUT: Stop[] = [
  { name: 'sign-in', path: '/sign-in' },
  {
    name: 'sign-up',
    path: '/sign-up',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText('Enter your name.').waitFor();
    },
  },
];

const SIZES = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true },
};

/** Looks at every page. @returns what axe found, one line each */
export async function checkAccessibility(
  browser: Browser,
  url: string,
  signedIn: BrowserContext,
): Promise<string[]> {
  await fill(signedIn);
  const state = await signedIn.storageState();
  const findings: string[] = [];
  for (const [size, options] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const { stops, storageState } of [
        { stops: STOPS, storageState: state },
        { stops: SIGNED_OUT, storageState: undefined },
      ]) {
        const context = await browser.newContext({
          baseURL: url,
          locale: 'en-GB',
          timezoneId: 'Europe/Berlin',
          colorScheme,
          ...options,
          ...(storageState && { storageState }),
        });
        const page = await context.newPage();
        for (const stop of stops) {
          await page.goto(stop.path);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await page.waitForLoadState('load');
          await page.waitForTimeout(600); // queries settle, the entry animation ends
          await stop.prepare?.(page);
          await page.waitForTimeout(300);
          if (process.env['UPDATE_SCREENSHOTS'] === '1') {
            mkdirSync(SCREENSHOTS, { recursive: true });
            await page.screenshot({
              path: path.join(SCREENSHOTS, `${stop.name}-${size}-${colorScheme}.png`),
            });
          }
          const { violations } = await new AxeBuilder({ page }).analyze();
          for (const violation of violations) {
            for (const node of violation.nodes) {
              findings.push(
                `${stop.name} (${size}, ${colorScheme}): ${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`,
              );
            }
          }
        }
        await context.close();
      }
    }
  }
  return findings;
}

/** Things to look at: of every kind of row. */
async function fill(context: BrowserContext): Promise<void> {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto('/');
  await addTask(page, 'Buy milk');
  await addTask(page, 'Call the dentist about the appointment that was moved twice already');
  const title = page.getByRole('textbox', { name: 'Add a task' });
  await title.fill('Water the plants');
  await page.getByRole('button', { name: 'More options' }).click();
  await page.getByLabel('Time').fill('23:30');
  await page.getByLabel('Repeat').selectOption('daily');
  await page.getByLabel('Remind me').selectOption('PT1H');
  await page.getByLabel('Priority').selectOption('high');
  await page.getByLabel('Tags').fill('home, garden');
  await page.getByRole('button', { name: 'Add task' }).click();
  await page.getByRole('button', { name: 'Water the plants', exact: true }).waitFor();
  await page.goto('/upcoming');
  await addTask(page, 'Book the train');
  await page.goto('/');
  await page.getByRole('checkbox', { name: 'Complete Buy milk' }).check();
  await page.getByText('Completed “Buy milk”.').first().waitFor();
}
