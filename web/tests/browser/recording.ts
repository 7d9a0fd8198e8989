// Records the short film of the README, with UPDATE_SCREENSHOTS=1 like the screenshots, and puts the two pictures where an
// installable app shows them. The film is an animated PNG, which browsers and code hosts show without a player.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { animated, type Frame } from './animated-png';
import { signUp, visit } from './browser';
import type { World } from './lists';

const SIZE = { width: 900, height: 600 };
/** Largest file, bytes: a README is read on phones, too. */
const MAX_BYTES = 1_500_000;
/** How long a key and a result are shown, ms. */
const KEY_MS = 130;
const RESULT_MS = 1_600;
const KEYS_A_FRAME = 4;
/** Screenshots of the browser tests, and what the manifest (app/manifest.ts) calls them. */
const PICTURES = [
  ['today-desktop-light.png', 'screenshot-wide.png'],
  ['today-phone-light.png', 'screenshot-narrow.png'],
] as const;

const docs = path.join(import.meta.dirname, '../../../docs');
const film = path.join(docs, 'recording/a-minute-with-todo.png');
const pictures = path.join(import.meta.dirname, '../../public');

export function testRecording(world: World): void {
  test.runIf(process.env['UPDATE_SCREENSHOTS'] === '1')(
    'the film of the README is small',
    async () => {
      const { system, browser } = world();
      const { page } = await visit(browser, system.url, { viewport: SIZE });
      await signUp(page, 'Mia');
      const file = animated(await play(page));
      expect(file.length).toBeLessThan(MAX_BYTES);
      await mkdir(path.dirname(film), { recursive: true });
      await writeFile(film, file);
      for (const [from, to] of PICTURES)
        await copyFile(path.join(docs, 'screenshots', from), path.join(pictures, to));
    },
  );
}

/** What is shown: adding by words, completing, undoing, the palette, and the dark theme. */
async function play(page: Page): Promise<Frame[]> {
  const frames: Frame[] = [];
  const shoot = async (ms: number): Promise<void> => {
    frames.push({ png: await page.screenshot({ animations: 'disabled', caret: 'initial' }), ms });
  };
  const type = async (text: string): Promise<void> => {
    for (let at = 0; at < text.length; at += KEYS_A_FRAME) {
      await page.keyboard.type(text.slice(at, at + KEYS_A_FRAME));
      await shoot(KEY_MS);
    }
  };
  const field = page.getByRole('textbox', { name: 'Add a task' });
  const understood = page.getByRole('status', { name: 'Understood' });
  await field.focus();
  await shoot(RESULT_MS);
  for (const [line, title] of [
    ['Call the dentist today at 17:30 !high', 'Call the dentist'],
    ['Water the plants every 2 days #home', 'Water the plants'],
  ] as const) {
    await field.focus();
    await type(line);
    await understood.locator('button').first().waitFor();
    await shoot(RESULT_MS);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: title, exact: true }).waitFor();
    await shoot(RESULT_MS);
  }
  await page.getByRole('checkbox', { name: 'Complete Call the dentist' }).click();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await shoot(RESULT_MS);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await type('dark');
  await page.getByRole('option', { name: /Dark/ }).waitFor();
  await shoot(RESULT_MS);
  await page.keyboard.press('Enter');
  await page.locator('[data-theme=dark]').waitFor();
  await shoot(2 * RESULT_MS);
  return frames;
}
