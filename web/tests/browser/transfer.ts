// A person brings tasks from another program and takes them away again.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { api, isAt, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

function csv(...rows: string[]): { name: string; mimeType: string; buffer: Buffer } {
  const text = ['title,list,due', ...rows, ''].join('\n');
  return { name: 'tasks.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
}

/** Drops a file on the page, as a desktop does. */
async function drop(page: Page, text: string): Promise<void> {
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], 'dropped.csv', { type: 'text/csv' }));
    return data;
  }, text);
  await page.locator('[data-drop]').dispatchEvent('drop', { dataTransfer: transfer });
}

export function testTransfer(world: World): void {
  test('a file is checked before it is stored, recognised when it comes again, exported by list, and taken back', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Ivo');
    await page.getByRole('button', { name: /Ivo/ }).click();
    await page.getByRole('menuitem', { name: 'Import and export' }).click();
    await page.getByRole('heading', { name: 'Import and export', level: 1 }).waitFor();

    const file = page.getByLabel('Choose a file');
    await file.setInputFiles({ ...csv(), buffer: Buffer.from('a;b\n1;2\n') });
    await page.getByRole('alert').getByText('separated by semicolon').waitFor();

    await file.setInputFiles(csv('Sow,Garden,2037-03-01', 'Weed,Garden,soonish', 'Rent,,'));
    await page.getByText('Creates 1 list').waitFor();
    const entries = page.getByRole('list', { name: 'Entries' });
    await entries.getByText('soonish').waitFor();
    await page.getByRole('button', { name: 'Unchanged 2' }).click();
    await entries.getByText('1 Mar 2037').waitFor();
    expect(await page.getByRole('link', { name: 'Garden' }).count()).toBe(0); // nothing is stored yet
    await page.getByRole('button', { name: 'Import 3 tasks' }).click();
    await page.getByRole('heading', { name: 'Imported 3 tasks' }).waitFor();
    await page.getByRole('link', { name: 'Garden' }).waitFor();

    await page.getByRole('button', { name: 'Import another file' }).click();
    await drop(page, 'title,list,due\nSow,Garden,2037-03-01\nDig,Garden,\n');
    await page.getByText('1 entry already here').waitFor();
    await page.getByRole('button', { name: 'Import 1 task', exact: true }).waitFor();
    await page.getByLabel('Import them again').check();
    await page.getByRole('button', { name: 'Import 2 tasks' }).click();
    await page.getByRole('heading', { name: 'Imported 2 tasks' }).waitFor();

    await page.getByRole('button', { name: 'Undo the import of tasks.csv' }).waitFor();
    await page.getByRole('button', { name: 'Undo this import' }).waitFor();

    // a large one goes on while the page is closed; afterwards it is in the list, and what was typed meanwhile is recognised
    await page.getByRole('button', { name: 'Import another file' }).click();
    const many = Array.from({ length: 2_500 }, (_, n) => `Many ${n},Archive,`);
    await page.getByLabel('Choose a file').setInputFiles({ ...csv(...many), name: 'many.csv' });
    await page.getByRole('button', { name: 'Import 2,500 tasks' }).click();
    await page.getByText('You can leave this page').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Undo the import of many.csv' }).waitFor();
    await page.getByText('2,500 tasks').first().waitFor();
    await page.getByLabel('Choose a file').setInputFiles(csv('Many 1,Archive,', 'Many 2,Archive,'));
    await page.getByRole('combobox', { name: 'What to do with Many 2' }).selectOption('add');
    await page.getByRole('button', { name: 'Import 1 task', exact: true }).waitFor();
    await page.getByText('Merge them').click();
    await page.getByRole('button', { name: 'Merge 2 entries' }).waitFor();
    await page.getByRole('button', { name: 'Choose another file' }).click();

    await page.getByLabel('Format').selectOption('md');
    await page.getByText('Some lists').click();
    await page.getByText('Choose at least one list.').waitFor();
    await page.getByRole('checkbox', { name: 'Garden' }).check();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('tasks.md');
    const exported = await readFile(await download.path(), 'utf8');
    expect(exported.match(/- \[ \] Sow/g)).toHaveLength(2);
    expect(exported).not.toContain('Rent');

    // the first import is taken back after a reload; what was changed meanwhile stays and is named
    const token = await tokenOf(page);
    const weed = (
      await api<{ items: { id: string; title: string }[] }>(
        system.url,
        token,
        'GET',
        '/tasks?sort=oldest&limit=200',
      )
    ).items.find((task) => task.title === 'Weed');
    await api(system.url, token, 'PATCH', `/tasks/${weed?.id}`, { notes: 'the beds' });
    await page.reload();
    await page.getByRole('button', { name: 'Undo the import of tasks.csv' }).click();
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await page.getByText('Undone: deleted 2 tasks.').first().waitFor();
    await page.getByRole('link', { name: 'Weed' }).click();
    await isAt(page, new RegExp(`^/tasks/${weed?.id}$`));
    expect(problems.filter((problem) => !problem.includes('400'))).toEqual([]);
    await context.close();
  });
}
