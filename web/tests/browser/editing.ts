// Nothing a person typed is lost and nothing others changed is overwritten: two browsers, outages, an ended session.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeFindings } from './accessibility';
import { addTask, api, isAt, PASSWORD, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

interface Task {
  id: string;
  version: number;
  title: string;
  notes: string;
  priority: string;
  tags: string[];
  occurrence: number;
  status: string;
}

const sheetOf = (page: Page) => page.getByRole('dialog', { name: 'Edit task' });

async function openSheet(page: Page, title: string) {
  await page.getByRole('button', { name: `More actions for ${title}` }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await sheetOf(page).waitFor();
  return sheetOf(page);
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function taskOf(url: string, page: Page, title: string): Promise<Task> {
  const path = `/tasks?status=all&q=${encodeURIComponent(title)}`;
  const { items } = await api<{ items: Task[] }>(url, await tokenOf(page), 'GET', path);
  return items[0]!;
}

export function testEditing(world: World): void {
  /** One person at two browsers, both with the same task in view. */
  async function twoBrowsers(name: string, title: string) {
    const { system, browser } = world();
    const first = await visit(browser, system.url);
    const email = await signUp(first.page, name);
    await addTask(first.page, title);
    const second = await visit(browser, system.url);
    await second.page.goto('/sign-in');
    await signIn(second.page, email);
    await second.page.getByRole('button', { name: title, exact: true }).waitFor();
    await second.page.locator('[data-live=open]').waitFor({ state: 'attached' });
    return { url: system.url, first, second };
  }

  test('two browsers change different fields of an open form: both changes stay', async () => {
    const { url, first, second } = await twoBrowsers('Ines', 'Book flights');
    const mine = await openSheet(first.page, 'Book flights');
    await mine.getByLabel('Notes').fill('Window seat');
    const theirs = await openSheet(second.page, 'Book flights');
    await theirs.getByLabel('Title').fill('Book the flights');
    await theirs.getByLabel('Priority').selectOption('high');
    await theirs.getByRole('button', { name: 'Save' }).click();
    await theirs.waitFor({ state: 'detached' });
    // What was not touched here takes the new value; what is being typed stays.
    await expect.poll(() => mine.getByLabel('Title').inputValue()).toBe('Book the flights');
    expect(await mine.getByLabel('Priority').inputValue()).toBe('high');
    expect(await mine.getByLabel('Notes').inputValue()).toBe('Window seat');
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.waitFor({ state: 'detached' });
    expect(await taskOf(url, first.page, 'flights')).toMatchObject({
      title: 'Book the flights',
      notes: 'Window seat',
      priority: 'high',
    });
  });

  test('both change one field: a choice is shown, and nothing is sent before it is made', async () => {
    const { url, first, second } = await twoBrowsers('Olga', 'Call Ben');
    const mine = await openSheet(first.page, 'Call Ben');
    await mine.getByLabel('Notes').fill('about the boat');
    await mine.getByLabel('Tags').fill('calls');
    const theirs = await openSheet(second.page, 'Call Ben');
    await theirs.getByLabel('Notes').fill('about the car');
    await theirs.getByLabel('Tags').fill('phone');
    await theirs.getByRole('button', { name: 'Save' }).click();
    await theirs.waitFor({ state: 'detached' });
    await mine.getByRole('group', { name: 'Notes: changed elsewhere' }).waitFor();
    await mine.getByText('about the car').waitFor();
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.getByText('Choose which version to keep.').first().waitFor();
    expect(await axeFindings(first.page)).toEqual([]);
    expect((await taskOf(url, first.page, 'Call Ben')).notes).toBe('about the car');
    const choice = (field: string) =>
      mine.getByRole('group', { name: `${field}: changed elsewhere` });
    await choice('Notes').getByRole('button', { name: 'Keep mine' }).click();
    await choice('Tags').getByRole('button', { name: 'Use theirs' }).click();
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.waitFor({ state: 'detached' });
    expect(await taskOf(url, first.page, 'Call Ben')).toMatchObject({
      notes: 'about the boat',
      tags: ['phone'],
    });
  });

  test('G06: without live updates the answer 412 leads to the same merge and the same choice', async () => {
    const { url, first, second } = await twoBrowsers('Hugo', 'Paint the door');
    await first.page.route('**/api/v1/live*', (route) => route.abort());
    await first.page.reload();
    const mine = await openSheet(first.page, 'Paint the door');
    const theirs = await openSheet(second.page, 'Paint the door');
    await theirs.getByLabel('Title').fill('Paint the red door');
    await theirs.getByLabel('Priority').selectOption('low');
    await theirs.getByRole('button', { name: 'Save' }).click();
    await theirs.waitFor({ state: 'detached' });
    const answers: number[] = [];
    first.page.on('response', (response) => {
      if (response.request().method() === 'PATCH') answers.push(response.status());
    });
    await mine.getByLabel('Title').fill('Paint the blue door');
    await mine.getByLabel('Notes').fill('Two coats');
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.getByRole('group', { name: 'Title: changed elsewhere' }).waitFor();
    expect(answers).toEqual([412]);
    expect(await mine.getByRole('textbox', { name: 'Title' }).inputValue()).toBe(
      'Paint the blue door',
    );
    await mine.getByRole('button', { name: 'Keep mine' }).click();
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.waitFor({ state: 'detached' });
    expect(await taskOf(url, second.page, 'door')).toMatchObject({
      title: 'Paint the blue door',
      notes: 'Two coats',
      priority: 'low',
    });
  });

  test('a title being typed in its row survives a change elsewhere, with a choice', async () => {
    const { url, first, second } = await twoBrowsers('Yara', 'Water roses');
    await first.page.getByRole('button', { name: 'Water roses', exact: true }).click();
    const field = first.page.getByRole('textbox', {
      name: 'Rename Water roses',
    });
    await field.fill('Water the roses');
    await second.page.getByRole('button', { name: 'Water roses', exact: true }).click();
    await second.page.getByRole('textbox', { name: 'Rename Water roses' }).fill('Water all roses');
    await second.page.keyboard.press('Enter');
    await first.page.getByText('“Water all roses”').first().waitFor();
    await first.page.getByRole('textbox', { name: /^Rename/ }).press('Enter');
    expect((await taskOf(url, first.page, 'roses')).title).toBe('Water all roses');
    await first.page.getByRole('button', { name: 'Keep mine' }).click();
    await second.page.getByRole('button', { name: 'Water the roses', exact: true }).waitFor();
    expect((await taskOf(url, first.page, 'roses')).title).toBe('Water the roses');
  });

  test('Escape and a click beside ask before they throw typed text away', async () => {
    const { system, browser } = world();
    const { page } = await visit(browser, system.url);
    await signUp(page, 'Elia');
    await addTask(page, 'Write to Ada');
    const sheet = await openSheet(page, 'Write to Ada');
    await sheet.getByLabel('Notes').fill('Dear Ada');
    const leave = [
      () => page.keyboard.press('Escape'),
      () => page.mouse.click(300, 400),
      () => sheet.getByRole('button', { name: 'Close' }).click(),
      () => sheet.getByRole('button', { name: 'Cancel' }).click(),
    ];
    for (const step of leave) {
      await step();
      const question = page.getByRole('alertdialog', {
        name: 'Discard your changes?',
      });
      await question.getByRole('button', { name: 'Keep editing' }).click();
      expect(await sheet.getByLabel('Notes').inputValue()).toBe('Dear Ada');
    }
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
    await sheet.waitFor({ state: 'detached' });
    const again = await openSheet(page, 'Write to Ada');
    expect(await again.getByLabel('Notes').inputValue()).toBe('');
    await page.keyboard.press('Escape'); // untouched: no question
    await again.waitFor({ state: 'detached' });
  });

  test('what was typed survives a reload, Back, and an ended session; signing out clears it', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    const email = await signUp(page, 'Rosa');
    await addTask(page, 'Plan the trip');
    const line = page.getByRole('textbox', { name: 'Add a task' });
    const sheet = await openSheet(page, 'Plan the trip');
    await sheet.getByLabel('Notes').fill('Tickets, tent');
    await page.reload();
    await sheet.waitFor(); // the task's own address
    expect(await sheet.getByLabel('Notes').inputValue()).toBe('Tickets, tent');
    await page.goBack();
    await sheet.waitFor({ state: 'detached' });
    await openSheet(page, 'Plan the trip');
    expect(await sheet.getByLabel('Notes').inputValue()).toBe('Tickets, tent');

    await context.clearCookies();
    await sheet.getByRole('button', { name: 'Save' }).click();
    await isAt(page, /^\/sign-in\?next=/);
    await signIn(page, email);
    await sheet.waitFor();
    expect(await sheet.getByLabel('Notes').inputValue()).toBe('Tickets, tent');
    await sheet.getByRole('button', { name: 'Save' }).click();
    await sheet.waitFor({ state: 'detached' });
    expect((await taskOf(system.url, page, 'trip')).notes).toBe('Tickets, tent');

    await line.fill('Buy a tent tomorrow');
    await page.getByRole('link', { name: 'All tasks' }).first().click();
    await page.getByRole('heading', { name: 'All tasks', level: 1 }).waitFor();
    expect(await line.inputValue()).toBe('Buy a tent tomorrow');
    await context.clearCookies();
    await line.press('Enter');
    await isAt(page, /^\/sign-in\?next=/);
    await signIn(page, email);
    await page.getByRole('heading', { name: 'All tasks', level: 1 }).waitFor();
    await expect.poll(() => line.inputValue()).toBe('Buy a tent tomorrow');

    await page.getByRole('button', { name: /Rosa/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await isAt(page, /^\/sign-in$/);
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('tent');
    await signIn(page, email);
    await line.waitFor();
    expect(await line.inputValue()).toBe('');
  });

  test('the first letter typed offline loads nothing; the line waits, and one that is refused stays', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Otto');
    await page.reload();
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const chunks: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() === 'script') chunks.push(request.url());
    });
    await context.setOffline(true);
    const line = page.getByRole('textbox', { name: 'Add a task' });
    await line.pressSequentially('Mend the boat');
    expect(chunks).toEqual([]);
    await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
    await line.press('Enter');
    const waiting = page.getByRole('list', { name: 'Waiting to be added' });
    await waiting.getByText('Mend the boat', { exact: true }).waitFor();
    expect(await line.inputValue()).toBe('');
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Mend the boat', exact: true }).waitFor();

    // The rest of the form is at hand once the page has been open for some seconds.
    await page.waitForFunction(() => performance.now() > 8_000);
    chunks.length = 0;
    await context.setOffline(true);
    await page.getByRole('button', { name: 'More options' }).click();
    await page.getByLabel('Priority').waitFor();
    expect(chunks).toEqual([]);
    await context.setOffline(false);

    // It is refused while the next line is being typed: neither is lost.
    let refuse: () => void = () => undefined;
    const refused = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    await page.route('**/api/v1/tasks', async (route) => {
      await refused;
      await route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          title: 'Busy',
          detail: 'The database is busy.',
        }),
      });
    });
    await line.fill('Mend the mast');
    await line.press('Enter');
    await line.pressSequentially('Mend the sail');
    refuse();
    const unsent = page.getByRole('list', { name: 'Not added yet' });
    await unsent.getByText('Mend the mast', { exact: true }).waitFor();
    expect(await line.inputValue()).toBe('Mend the sail');
    expect(await axeFindings(page)).toEqual([]);
    await page.reload();
    await unsent.getByText('Mend the mast', { exact: true }).waitFor();
    expect(await line.inputValue()).toBe('Mend the sail');
    await page.unroute('**/api/v1/tasks');
    await unsent.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Mend the mast', exact: true }).waitFor();
    await line.press('Enter');
    await page.getByRole('button', { name: 'Mend the sail', exact: true }).waitFor();
    expect(await page.locator('li[data-task]').count()).toBe(3);
    expect(problems.filter((problem) => /chunk|minified|#\d+/i.test(problem))).toEqual([]);
  });

  test('a message to the assistant that gets no answer stays in its field', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Cleo');
    await page.getByRole('button', { name: 'Assistant' }).click();
    const input = page.getByRole('textbox', {
      name: 'Message to the assistant',
    });
    await input.fill('what is due today?');
    await page.keyboard.press('Escape');
    await input.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Assistant' }).click();
    expect(await input.inputValue()).toBe('what is due today?');
    await page.reload();
    await page.getByRole('button', { name: 'Assistant' }).click();
    expect(await input.inputValue()).toBe('what is due today?');
    await context.setOffline(true);
    await input.press('Enter');
    await page.getByText(/Could not get an answer: the connection was lost/).waitFor();
    expect(await input.inputValue()).toBe('what is due today?');
    await context.setOffline(false);
  });

  test('a task has an address: it opens, works signed out, and the old one leads there', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    const email = await signUp(page, 'Nils');
    await addTask(page, 'Fix the lamp');
    const { id } = await taskOf(system.url, page, 'lamp');
    await page.goto(`/tasks/${id}`);
    const sheet = sheetOf(page);
    await sheet.waitFor();
    expect(await sheet.getByLabel('Title').inputValue()).toBe('Fix the lamp');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/');
    await page.goto(`/?task=${id}`);
    await isAt(page, new RegExp(`^/tasks/${id}$`));
    await sheet.waitFor();
    await page.goto('about:blank'); // an open page would notice, and lead to the sign-in by itself
    await context.clearCookies();
    await page.goto(`/tasks/${id}`);
    await isAt(page, /^\/sign-in\?next=/);
    await signIn(page, email);
    await isAt(page, new RegExp(`^/tasks/${id}$`));
    await sheet.waitFor();
    await page.goto('/tasks/018f0000-0000-7000-8000-000000000000');
    await page.getByText('This task does not exist').first().waitFor();
  });

  test('undoing a tick on a repeating task leaves one; a next one that was changed stays, and is named', async () => {
    const { system, browser } = world();
    const { page } = await visit(browser, system.url);
    await signUp(page, 'Uwe');
    const token = await tokenOf(page);
    const make = (title: string) =>
      api<Task>(system.url, token, 'POST', '/tasks', {
        title,
        due: { kind: 'date', date: '2027-01-31' },
        recurrence: { rule: 'FREQ=DAILY' },
      });
    const open = async () =>
      (await api<{ items: Task[] }>(system.url, token, 'GET', '/tasks?status=open')).items;
    await make('Feed the cat');
    await page.goto('/all');
    await page.getByRole('checkbox', { name: 'Complete Feed the cat' }).click();
    await expect.poll(async () => (await open()).map((task) => task.occurrence)).toEqual([2]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await open()).map((task) => task.occurrence)).toEqual([1]);
    await page
      .getByText(/Its next occurrence was removed/)
      .first()
      .waitFor();
    await expect.poll(() => page.locator('li[data-task]').count()).toBe(1);

    await page.getByRole('checkbox', { name: 'Complete Feed the cat' }).click();
    await expect.poll(async () => (await open()).map((task) => task.occurrence)).toEqual([2]);
    const [next] = await open();
    await api(system.url, token, 'PATCH', `/tasks/${next!.id}`, {
      notes: 'the new food',
    });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page
      .getByText(/Its next occurrence was changed, so it stays/)
      .first()
      .waitFor();
    expect((await open()).map((task) => task.occurrence).sort()).toEqual([1, 2]);
  });
}
