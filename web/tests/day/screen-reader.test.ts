// The ten commonest actions by ear: what a screen reader has to say before and after each, read from Chromium's accessibility
// tree. `npm run test:day`; the texts are printed.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeVisits, launchBrowser, signUp, visit } from '../browser/browser';
import { runningSystem, type RunningSystem } from '../browser/running-system';
import { spokenFocus, spokenNews } from './spoken';

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
async function focusSays(page: Page, words: RegExp): Promise<void> {
  let said = '';
  await expect
    .poll(async () => (said = await spokenFocus(page)), { timeout: 30_000 })
    .toMatch(words);
  print(`  focus: ${said}`);
}
/** Waits until a live region says this. */
async function newsSays(page: Page, words: RegExp): Promise<void> {
  let said: string[] = [];
  await expect
    .poll(async () => (said = await spokenNews(page)), { timeout: 30_000 })
    .toEqual(expect.arrayContaining([expect.stringMatching(words)]));
  print(`  news:  ${said.find((one) => words.test(one)) ?? ''}`);
}

test('each control says what it is for, and each change says what became of it', async () => {
  const { page } = await visit(browser, system.url);
  await signUp(page, 'Noa');

  print('1 add a task');
  await page.getByRole('textbox', { name: 'Add a task' }).focus();
  await focusSays(page, /^Add a task, textbox/);
  await page.keyboard.type('Water the roses tomorow !high');
  await newsSays(page, /Due|due .*tomorow read as/);
  await page.keyboard.press('Enter');
  await newsSays(page, /^Added “Water the roses”\./);

  print('2 complete it');
  await page.getByRole('link', { name: 'All tasks' }).first().click();
  await page.getByRole('heading', { name: 'All tasks', level: 1 }).waitFor();
  await page.getByRole('checkbox', { name: 'Complete Water the roses' }).focus();
  await focusSays(page, /^Complete Water the roses, checkbox, not checked/);
  await page.keyboard.press('Space');
  await newsSays(page, /^Completed “Water the roses”\./);

  print('3 undo');
  await page.keyboard.press('Control+z');
  await newsSays(page, /^Reopened “Water the roses”\./);
  await page.getByRole('checkbox', { name: 'Complete Water the roses' }).waitFor();

  print('4 rename it');
  await page.getByRole('button', { name: 'Water the roses', exact: true }).focus();
  await focusSays(page, /^Water the roses, button/);
  await page.keyboard.press('Enter');
  await focusSays(page, /^Rename Water the roses, textbox/);
  await page.keyboard.type('Water all roses');
  await page.keyboard.press('Enter');
  await newsSays(page, /^Saved “Water all roses”\./);

  print('5 open and edit it');
  await page.getByRole('link', { name: 'Open Water all roses' }).focus();
  await focusSays(page, /^Open Water all roses, link/);
  await page.keyboard.press('Enter');
  await focusSays(page, /^Edit task, dialog/);
  await page.getByLabel('Notes').focus();
  await focusSays(page, /^Notes, textbox/);
  await page.keyboard.type('before noon');
  await page.getByRole('button', { name: 'Save' }).focus();
  await focusSays(page, /^Save, button/);
  await page.keyboard.press('Enter');
  await newsSays(page, /^Saved “Water all roses”\./);

  print('6 choose a date');
  await page.getByRole('checkbox', { name: 'Complete Water all roses' }).focus();
  await page.keyboard.press('d');
  await focusSays(page, /combobox/);
  await page.keyboard.type('friday');
  await newsSays(page, /\d+ (?:result|command|option|choice)/i);
  await page.keyboard.press('Enter');
  await newsSays(page, /^Saved “Water all roses”\./);

  print('7 find it');
  await page.keyboard.press('Control+k');
  await focusSays(page, /combobox/);
  await page.keyboard.type('roses');
  await page.getByRole('option', { name: 'Water all roses' }).waitFor();
  await newsSays(page, /\d/);
  await page.keyboard.press('Escape');

  print('8 delete it');
  await page.getByRole('button', { name: 'More actions for Water all roses' }).focus();
  await focusSays(page, /^More actions for Water all roses, button/);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).focus();
  await focusSays(page, /^Delete, menuitem/);
  await page.keyboard.press('Enter');
  await newsSays(page, /^Deleted “Water all roses”\./);

  print('9 restore it from the trash');
  await page.getByRole('link', { name: 'Trash' }).click();
  await page.getByRole('button', { name: 'Restore Water all roses' }).focus();
  await focusSays(page, /^Restore Water all roses, button/);
  await page.keyboard.press('Enter');
  await newsSays(page, /^Restored “Water all roses”\./);

  print('10 ask the assistant');
  await page.getByRole('button', { name: 'Assistant' }).focus();
  await focusSays(page, /^Assistant, button/);
  await page.keyboard.press('Enter');
  await focusSays(page, /textbox/);
  await page.keyboard.type('what is in the trash?');
  await page.keyboard.press('Enter');
  await newsSays(page, /The trash is empty/);
}, 240_000);
