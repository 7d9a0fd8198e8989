// A real Chromium, and people in it. Chromium comes from Debian (`apt-get install chromium`) or from
// CHROMIUM_PATH; nothing is downloaded.
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts Chromium. @throws Error saying how to get it */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? PATHS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      'No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH',
    );
  }
  return await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Somebody at a browser. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** Errors of the console and the page, and refusals of the security policy, so far. */
  problems: string[];
}

const contexts = new Set<BrowserContext>();

/** Closes what a test left open because it failed. */
export async function closeVisits(): Promise<void> {
  for (const context of contexts) await context.close();
}

/**
 * Opens a browser profile of its own.
 * @param lasts - the caller closes it; else it ends with the test at the latest. `tour`: the first visit's is shown
 */
export async function visit(
  browser: Browser,
  url: string,
  {
    lasts = false,
    tour = false,
    ...options
  }: Parameters<Browser['newContext']>[0] & { lasts?: boolean; tour?: boolean } = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(30_000);
  if (!tour)
    await context.addInitScript(() => {
      // a blank page has no storage
      if (window.origin !== 'null') localStorage.setItem('todo-tour', 'over');
    });
  if (!lasts) contexts.add(context);
  context.on('close', () => contexts.delete(context));
  const problems: string[] = [];
  context.on('page', (page) => {
    watch(page, problems);
  });
  return { context, page: await context.newPage(), problems };
}

/** The machine's own doing: Chromium ends requests when a network interface appears, as one does for each new pod or container. */
const NETWORK_CHANGED = 'net::ERR_NETWORK_CHANGED';

function watch(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.includes(NETWORK_CHANGED)) problems.push(text);
  });
}

/** Of everybody who signs up in these tests. */
export const PASSWORD = 'a quiet green harbour';

let people = 0;

/** Signs up by hand and waits for the first page. @returns the e-mail address */
export async function signUp(page: Page, name: string, email?: string): Promise<string> {
  people += 1;
  const address = email ?? `${name.toLowerCase()}-${Date.now()}-${people}@example.com`;
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(address);
  await page.getByLabel('Password').fill(PASSWORD);
  for (;;) {
    // The page signs in once the account is there; a sign-up that is repeated changes nothing.
    const [answer] = await Promise.all([
      page.waitForResponse(
        (response) =>
          response.url().endsWith('/api/auth/sign-in/email') ||
          (response.url().endsWith('/api/auth/sign-up/email') && !response.ok()),
      ),
      page.getByRole('button', { name: 'Create account' }).click(),
    ]);
    if (answer.status() !== 429) break;
    // Sign-ups and sign-ins from one address are limited to 20 a minute.
    await page.waitForTimeout(1_000 * (Number(answer.headers()['x-retry-after'] ?? 60) + 1));
  }
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  await page.locator('[data-live=open]').waitFor({ state: 'attached' });
  return address;
}

/**
 * Waits until the page's path and query match. Unlike Playwright's waitForURL it outlives a navigation that a newer one
 * aborts, which is ordinary where several answers can lead a page away.
 */
export async function isAt(page: Page, address: RegExp, timeout = 30_000): Promise<void> {
  const here = (): string => new URL(page.url()).pathname + new URL(page.url()).search;
  await expect.poll(here, { timeout }).toMatch(address);
}

/** Adds a task by what is typed; its title is the same where that holds nothing else. */
export async function addTask(page: Page, typed: string, title = typed): Promise<void> {
  await page.getByRole('textbox', { name: 'Add a task' }).fill(typed);
  await page.getByRole('button', { name: 'Add task' }).click();
  await page.getByRole('button', { name: title, exact: true }).waitFor();
}

/** The person's JWT, to use the API as a script would. */
export async function tokenOf(page: Page): Promise<string> {
  const response = await page.request.get('/api/auth/token');
  return ((await response.json()) as { token: string }).token;
}

/** Calls the API as a script of that person, not through the page. */
export async function api<T>(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
