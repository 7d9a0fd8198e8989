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
  /** The screenshot shows all of it, not only the first screen. */
  whole?: boolean;
}

const editTask = async (page: Page) => {
  await page.getByRole('button', { name: 'More actions for Water the plants' }).first().click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByText('Next dates').waitFor();
};

/** Opens something of the navigation: it stands beside the page, on a phone behind the menu's button. */
const inNavigation = async (page: Page) => {
  const menu = page.getByRole('button', { name: 'Menu' });
  if (await menu.isVisible()) await menu.click();
};
const openList = async (page: Page) => {
  await inNavigation(page);
  await page.getByRole('link', { name: 'Holiday' }).click();
  await page.getByRole('heading', { name: 'Holiday', level: 1 }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};
const openAssistant = async (page: Page) => {
  await inNavigation(page);
  await page.getByRole('button', { name: 'Assistant' }).click();
  const panel = page.getByRole('complementary', { name: 'Assistant' });
  await panel.getByText('What is due this week?').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

/** Entries of every outcome but one, which are read, adjusted and left out. */
const FILE_WITH_EVERYTHING = {
  name: 'garden.ics',
  mimeType: 'text/calendar',
  buffer: Buffer.from(
    [
      'BEGIN:VCALENDAR',
      'X-WR-CALNAME:Garden',
      ...['BEGIN:VTODO', 'UID:1@garden', 'SUMMARY:Water the roses', 'PRIORITY:1'],
      ...['DUE;VALUE=DATE:20370301', 'RRULE:FREQ=WEEKLY', 'CATEGORIES:home', 'END:VTODO'],
      ...['BEGIN:VTODO', 'UID:2@garden', 'SUMMARY:Ask Mia for seeds'],
      ...['ATTENDEE:mailto:mia@example.com', 'END:VTODO'],
      ...['BEGIN:VJOURNAL', 'UID:3@garden', 'SUMMARY:Diary', 'END:VJOURNAL'],
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  ),
};

const waterPlants = (page: Page) => page.getByText('Water the plants').first().waitFor();
/** Visited with BROWSER_VIEWS=1. */
const VIEWS: Stop[] = [
  { name: 'calendar-month', path: '/calendar', prepare: waterPlants },
  { name: 'calendar-week', path: '/calendar?view=week', prepare: waterPlants },
  { name: 'board', path: '/board?by=priority', prepare: waterPlants },
];

const STOPS: Stop[] = [
  ...(process.env['BROWSER_VIEWS'] === '1' ? VIEWS : []),
  { name: 'today', path: '/' },
  {
    name: 'add-options',
    path: '/',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'More options' }).click();
      await page.getByLabel('Repeat').waitFor();
    },
  },
  {
    name: 'quick-add',
    path: '/',
    prepare: async (page) => {
      await page
        .getByRole('textbox', { name: 'Add a task' })
        .fill('Pay rent every month on the 1st at 9am #home !high remind me a day before');
      await page.getByRole('button', { name: /Treat .*!high/ }).waitFor();
    },
  },
  {
    name: 'menu',
    path: '/',
    prepare: async (page) => {
      const menu = page.getByRole('button', { name: 'Menu' });
      if (await menu.isVisible()) {
        await menu.click();
        await page.getByRole('dialog').waitFor();
      } else {
        await page.getByRole('button', { name: /Axel/ }).click();
        await page.getByRole('menu').waitFor();
      }
    },
  },
  { name: 'list', path: '/all', prepare: openList },
  { name: 'assistant', path: '/all', prepare: openAssistant },
  { name: 'edit', path: '/all', prepare: editTask },
  {
    name: 'select',
    path: '/all',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Select several' }).click();
      // by its name: a busy page may still show the boxes that complete a task
      await page
        .getByRole('checkbox', { name: /^Select / })
        .first()
        .check();
    },
  },
  { name: 'upcoming', path: '/upcoming' },
  { name: 'all', path: '/all' },
  { name: 'done', path: '/done' },
  { name: 'tag', path: '/tags/home' },
  { name: 'search', path: '/search?q=plants' },
  { name: 'notifications', path: '/notifications' },
  { name: 'activity', path: '/activity' },
  { name: 'trash', path: '/trash' },
  { name: 'account', path: '/account', whole: true },
  {
    name: 'import',
    path: '/import-export',
    whole: true,
    prepare: async (page) => {
      await page.getByLabel('Choose a file').setInputFiles(FILE_WITH_EVERYTHING);
      await page.getByRole('button', { name: /^Import \d/ }).waitFor();
      await page.getByText('Some lists').click();
    },
  },
  { name: 'status', path: '/status', whole: true },
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

/** In the page: resolves when what moves or fades has come to rest; colours in between are not what people read. */
async function moved(): Promise<void> {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  const endless = (animation: Animation) => animation.effect?.getTiming().iterations === Infinity;
  await Promise.allSettled(
    document
      .getAnimations()
      .filter((animation) => !endless(animation))
      .map(({ finished }) => finished),
  );
}

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
          await page.waitForTimeout(600); // queries settle
          await stop.prepare?.(page);
          await page.evaluate(moved);
          if (process.env['UPDATE_SCREENSHOTS'] === '1') {
            mkdirSync(SCREENSHOTS, { recursive: true });
            await page.screenshot({
              path: path.join(SCREENSHOTS, `${stop.name}-${size}-${colorScheme}.png`),
              fullPage: stop.whole ?? false,
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

/** What axe finds on the page as it is, in both sizes. */
export async function axeFindings(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const viewport of [
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ]) {
    await page.setViewportSize(viewport);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, nodes } of violations)
      found.push(`${id}: ${nodes[0]?.html.slice(0, 200) ?? ''}`);
  }
  return found;
}

async function addLine(page: Page, line: string): Promise<void> {
  const rows = page.locator('main li[data-task]');
  const before = await rows.count();
  await page.getByRole('textbox', { name: 'Add a task' }).fill(line);
  await page.getByRole('button', { name: 'Add task' }).click();
  await rows.nth(before).waitFor();
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
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByLabel('List name').fill('Holiday');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Holiday', level: 1 }).waitFor();
  for (const line of ['Look for a hotel near the sea', 'Buy tickets friday', 'Pack'])
    await addLine(page, line);
  await page.getByRole('button', { name: 'Assistant' }).click();
  const panel = page.getByRole('complementary', { name: 'Assistant' });
  for (const words of ['What is due this week?', 'delete all tasks']) {
    await panel.getByRole('textbox').fill(words);
    await panel.getByRole('textbox').press('Enter');
    await panel.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Send' }).waitFor();
    await page.waitForTimeout(1_500);
  }
  await page.goto('/');
  await page.getByRole('checkbox', { name: 'Complete Buy milk' }).click();
  await page.getByText('Completed “Buy milk”.').first().waitFor();
}
