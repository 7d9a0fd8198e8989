// A person has a calendar read their tasks, and ends it.
import { expect, test } from 'vitest';
import { api, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';

export function testFeeds(world: World): void {
  test('a calendar feed is read at the address that was shown once and copied, until it is revoked', async () => {
    const { system, browser } = world();
    const { page, context, problems } = await visit(browser, system.url);
    await signUp(page, 'Fay');
    const due = { kind: 'date', date: '2037-03-01' };
    await api(system.url, await tokenOf(page), 'POST', '/tasks', { title: 'Sow', due });
    await page.goto('/import-export');
    const feeds = page.getByRole('region', { name: 'Calendar feeds' });
    await feeds.getByText('No calendar feeds yet.').waitFor();
    await feeds.getByRole('button', { name: 'Create feed' }).click();
    await feeds.getByText('Give the feed a name.').waitFor();
    await feeds.getByLabel('Name').fill('Phone');
    await feeds.getByRole('button', { name: 'Create feed' }).click();
    const address = feeds.getByRole('status').locator('pre');
    await address.waitFor();
    const read = async (url: string) => await fetch(url.replace(/^webcal:/, 'https:'));
    const first = (await address.textContent()) ?? '';
    expect(first).toMatch(/\/feeds\/[\w-]{43}\.ics$/);
    const answer = await read(first);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      'private, no-cache',
    ]);
    expect(await answer.text()).toContain('SUMMARY:Sow');
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: system.url });
    await feeds.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByText('Copied.', { exact: true }).first().waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);

    await page.reload();
    await feeds.getByRole('button', { name: 'New address for Phone' }).click();
    await page.getByRole('button', { name: 'New address', exact: true }).click();
    await address.waitFor();
    const second = (await address.textContent()) ?? '';
    expect([(await read(first)).status, (await read(second)).status]).toEqual([404, 200]);
    await feeds.getByRole('button', { name: 'Revoke Phone' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await feeds.getByText('No calendar feeds yet.').waitFor();
    expect((await read(second)).status).toBe(404);
    expect(problems).toEqual([]);
  });
}
