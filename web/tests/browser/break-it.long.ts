// `npm run up -- --break` in a real browser: an operator gives load, presses faults of every kind, and nothing is lost or doubled.
// By name only, since it starts a system of its own: `npm run test:break`. BREAK_SCREENSHOTS names a folder for pictures.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axeFindings } from './accessibility';
import { closeVisits, launchBrowser, signUp, visit } from './browser';
import { signInAsOperator } from './operator';
import { OPERATOR } from './running-system';

const ROOT = path.join(import.meta.dirname, '../../..');
const PORT_BASE = Number(process.env['WEB_TEST_PORT_BASE'] ?? 5500);
const SITE = `http://localhost:${PORT_BASE}`;
const DATA = path.join(ROOT, '.local/browser-break');
/** A fault ends, and every part is healthy again, within this on a busy machine, ms. */
const HEALED = { timeout: 200_000, interval: 500 };

/** The faults to press, in this order, by label and target. */
const FAULTS: readonly (readonly [label: string, target?: string])[] = [
  ['Kill a process', 'audit'],
  ['Kill a whole service', 'every backend'],
  ['Crash the database'],
  ['Cut a connection'],
  ['Swallow bytes', 'audit to its database'],
  ['Pause a process', 'daprd-backend'],
  ['Make it read-only'],
  ['Take every connection'],
  ['Lag and break'],
  ['Send commands twice'],
  ['Deliver an event again'],
  ['Publish an unreadable event'],
];

let browser: Browser;
let system: ChildProcess;
let ended: Promise<unknown[]>;
let output = '';

beforeAll(async () => {
  browser = await launchBrowser();
  system = spawn(
    process.execPath,
    ['local/src/commands/up.ts', '--break', '--port-base', String(PORT_BASE), '--data-dir', DATA],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OPERATOR_EMAILS: OPERATOR },
    },
  );
  ended = once(system, 'exit');
  system.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  const isUp = (): boolean => output.includes(`${SITE}/status/break`);
  while (!isUp() && system.exitCode === null) await sleep(500);
  if (!isUp()) throw new Error('the system did not start; its output is above');
});

afterEach(closeVisits);

afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  if (system.exitCode === null) {
    system.kill('SIGTERM');
    await ended;
  }
});

/** The number below a counter's name. */
async function counter(page: Page, name: string): Promise<number> {
  const tile = page
    .getByRole('region', { name: 'What came of it' })
    .getByText(name, { exact: true });
  const text = await tile.locator('..').locator('dd').first().innerText();
  return Number(text.replaceAll(',', ''));
}

async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env['BREAK_SCREENSHOTS'];
  if (folder === undefined) return;
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

test('an operator breaks everything under load; nothing is lost or doubled, and all is healthy afterwards', async () => {
  const { page, context, problems } = await visit(browser, SITE);
  await signInAsOperator(page);
  await page.goto('/status');
  await page.getByRole('link', { name: 'Break it' }).click();
  await page.getByRole('heading', { name: 'Break it', level: 1 }).waitFor();
  await page.getByText(/^All \d+ parts are healthy\.$/).waitFor();
  await page.getByText('None yet.').waitFor();
  expect(await counter(page, 'Accepted')).toBe(0);

  await page.getByRole('slider', { name: 'Load' }).fill('4');
  await page.getByText('4 commands a second').waitFor();
  await expect.poll(() => counter(page, 'Effects seen'), HEALED).toBeGreaterThan(20);

  const past = page.getByRole('region', { name: 'Faults so far' }).getByRole('listitem');
  for (const [index, [label, target]] of FAULTS.entries()) {
    const button = page.getByRole('button', { name: `Break: ${label}`, exact: true });
    await expect.poll(() => button.isEnabled(), HEALED).toBe(true);
    if (target !== undefined)
      await page.getByLabel(`What to hit: ${label}`, { exact: true }).selectOption(target);
    await button.click();
    if (label === 'Lag and break') {
      await page.getByText(/^Lag and break: postgres\./).waitFor();
      await photograph(page, 'break-under-a-fault');
    }
    await expect.poll(() => past.count(), HEALED).toBe(index + 1);
    const text = await past.first().innerText();
    expect(text).toContain(label);
    expect(text).toMatch(/all healthy [\d.]+ s after it ended/);
    // A load ends by itself; this one is to last.
    await page.getByRole('slider', { name: 'Load' }).fill(index % 2 === 0 ? '5' : '4');
  }

  await page.getByRole('slider', { name: 'Load' }).fill('0');
  await page.getByText(/^0 on their way/).waitFor({ timeout: HEALED.timeout });
  const accepted = await counter(page, 'Accepted');
  expect(accepted).toBeGreaterThan(50);
  expect(await counter(page, 'Effects seen')).toBe(accepted);
  expect(await counter(page, 'Lost')).toBe(0);
  expect(await counter(page, 'Doubled')).toBe(0);
  await page.getByText(/^All \d+ parts are healthy\.$/).waitFor({ timeout: HEALED.timeout });

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [size, width, height] of [
      ['desktop', 1280, 800],
      ['phone', 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      await photograph(page, `break-${size}-${colorScheme}`);
    }
    expect(await axeFindings(page)).toEqual([]); // in both sizes
  }
  // While the database was away, the page's own requests failed too, and its live stream ended with the backends.
  const expected = /status of 50[0234]|net::ERR_INCOMPLETE_CHUNKED_ENCODING/;
  expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
  await context.close();
}, 1_800_000);

test('there is no such page for anybody else', async () => {
  const { page, context } = await visit(browser, SITE);
  await signUp(page, 'Nosy');
  expect((await page.goto('/status/break'))?.status()).toBe(404);
  expect((await page.request.get('/api/admin/break')).status()).toBe(403);
  const put = await page.request.post('/api/admin/break', {
    data: { fault: 'kill' },
    headers: { origin: SITE },
  });
  expect(put.status()).toBe(403);
  await context.close();
});

test('Ctrl-C stops it in order', async () => {
  system.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(output).toMatch(/stopped; the data is kept in .*break/);
}, 120_000);
