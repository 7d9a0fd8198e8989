// Five of the commonest actions by ear (add, complete, undo, rename, edit): what a screen reader has to say before and after each, read from Chromium's accessibility
// tree. `npm run test:day`; the texts are printed.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeVisits, launchBrowser, signUp, visit } from '../browser/browser';
import { runningSystem, type RunningSystem } from '../browser/running-system';
import { readAloud, stretchNews, type Reader } from './spoken';

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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Waits until the focus says this. */
async function focusSays(reader: Reader, words: RegExp): Promise<void> {
  let said = '';
  await expect.poll(async () => (said = await reader.focus()), { timeout: 30_000 }).toMatch(words);
  print(`  focus: ${said}`);
}
/** Waits until a live region has said this. */
async function newsSays(reader: Reader, words: RegExp): Promise<void> {
  const all: string[] = [];
  const found = (): string | undefined => {
    all.push(...reader.news());
    return all.find((one) => words.test(one));
  };
  await expect.poll(() => found() ?? all.join(' | '), { timeout: 30_000 }).toMatch(words);
  print(`  news:  ${found() ?? ''}`);
}

test('each control says what it is for, and each change says what became of it', async () => {
  const { page, context } = await visit(browser, system.url);
  await stretchNews(context);
  await signUp(page, 'Noa');
  const reader = await readAloud(page);

  print('1 add a task');
  await page.getByRole('textbox', { name: 'Add a task' }).focus();
  await focusSays(reader, /^Add a task, textbox/);
  await page.keyboard.type('Water the roses tomorow !high');
  await newsSays(reader, /Due|due .*tomorow read as/);
  await page.keyboard.press('Enter');
  await newsSays(reader, /Added “Water the roses”\./);

  print('2 complete it');
  await page.getByRole('link', { name: 'All tasks' }).first().click();
  await page.getByRole('heading', { name: 'All tasks', level: 1 }).waitFor();
  await page.getByRole('checkbox', { name: 'Complete Water the roses' }).focus();
  await focusSays(reader, /^Complete Water the roses, checkbox, not checked/);
  await page.keyboard.press('Space');
  await newsSays(reader, /Completed “Water the roses”\./);

  print('3 undo');
  await page.keyboard.press('Control+z');
  await newsSays(reader, /Reopened “Water the roses”\./);
  await page.getByRole('checkbox', { name: 'Complete Water the roses' }).waitFor();

  print('4 rename it');
  await page.getByRole('button', { name: 'Water the roses', exact: true }).focus();
  await focusSays(reader, /^Water the roses, button/);
  await page.keyboard.press('Enter');
  await focusSays(reader, /^Rename Water the roses, textbox/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Water all roses');
  await page.keyboard.press('Enter');
  await newsSays(reader, /Saved “Water all roses”\./);

  print('5 open and edit it');
  await page.getByRole('link', { name: 'Open Water all roses' }).focus();
  await focusSays(reader, /^Open Water all roses, link/);
  await page.keyboard.press('Enter');
  await focusSays(reader, /^Edit task, dialog/);
  await page.getByLabel('Notes').focus();
  await focusSays(reader, /^Notes, textbox/);
  await page.keyboard.type('before noon');
  await page.getByRole('button', { name: 'Save' }).focus();
  await focusSays(reader, /^Save, button/);
  await page.keyboard.press('Enter');
  await newsSays(reader, /Saved “Water all roses”\./);

  await reader.stop();
}, 240_000);
