// Journeys with the assistant, and with an MCP client beside an open page.
import { expect, test } from 'vitest';
import { addTask, api, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

export function testAssistant(world: World): void {
  test('the assistant adds, lists, asks before it deletes, and remembers', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Ada');
    await page.goto('/all');
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    const opener = page.getByRole('button', { name: 'Assistant' });
    await opener.click();
    const panel = page.getByRole('complementary', { name: 'Assistant' });
    const said = panel.getByRole('log').getByText('add buy milk tomorrow at 9'); // not the example of the empty panel
    const input = panel.getByRole('textbox', { name: 'Message to the assistant' });
    const answered = () => panel.getByRole('button', { name: 'Send' }).waitFor();
    await panel.getByRole('button', { name: 'What is due this week?' }).waitFor();
    await input.fill('add buy milk tomorrow at 9');
    await input.press('Enter');
    await panel
      .getByRole('listitem')
      .filter({ hasText: /buy milk/i })
      .waitFor();
    await page
      .locator('main')
      .getByRole('button', { name: /^buy milk$/i })
      .waitFor();
    await answered();

    await input.fill('delete all tasks');
    await input.press('Enter');
    await panel.getByRole('button', { name: 'No', exact: true }).click();
    await panel.getByRole('button', { name: 'No', exact: true }).waitFor({ state: 'detached' });
    await answered();
    expect(
      await page
        .locator('main')
        .getByRole('button', { name: /^buy milk$/i })
        .count(),
    ).toBe(1);
    await input.fill('delete all tasks');
    await input.press('Enter');
    await panel.getByRole('button', { name: 'Yes, do it' }).click();
    await page
      .locator('main')
      .getByRole('button', { name: /^buy milk$/i })
      .waitFor({ state: 'detached' });
    await answered();

    await page.reload();
    await page.getByRole('button', { name: 'Assistant' }).click();
    await said.waitFor();
    await panel.getByRole('button', { name: 'Delete the conversation' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: 'Delete the conversation' })
      .click();
    await said.waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'What is due this week?' }).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await context.close();
  });

  test('a task that an MCP client adds is on the open page within a second, once', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Max');
    await page.goto('/all');
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    await addTask(page, 'Already here');
    const { token } = await api<{ token: string }>(
      system.url,
      await tokenOf(page),
      'POST',
      '/tokens',
      { name: 'client' },
    );
    const answer = await fetch(`${system.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-06-18',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'add_task', arguments: { title: 'From the client' } },
      }),
    });
    expect(answer.status).toBe(200);
    const started = performance.now();
    await page.getByRole('button', { name: 'From the client', exact: true }).waitFor();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await page.getByRole('button', { name: 'From the client', exact: true }).count()).toBe(
      1,
    );
    await context.close();
  });
}
