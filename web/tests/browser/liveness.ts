// Live updates through what real networks do: proxies that gather, sleep, long silence, and several backends.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { api, signUp, tokenOf, visit } from './browser';
import type { World } from './lists';
import { brittleLine, gatheringProxy } from './proxies';

const SILENCE_MS = 121_000;

const task = (page: Page, title: string) => page.getByRole('button', { name: title, exact: true });

export function testLiveness(world: World): void {
  test('G04: behind a proxy that gathers whole answers, changes still appear within a second, each once', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Gail');
    const token = await tokenOf(page);
    await page.close();
    const proxy = await gatheringProxy(system.url);
    try {
      const behind = await context.newPage();
      const whole = behind.waitForRequest((request) => request.url().endsWith('?wait=whole'), {
        timeout: 30_000,
      });
      await behind.goto(`${proxy.url}/all`);
      await whole;
      await api(system.url, token, 'POST', '/tasks', { title: 'Before all else' });
      await task(behind, 'Before all else').waitFor();
      for (let round = 1; round <= 5; round += 1) {
        const title = `Gathered ${round}`;
        await api(system.url, token, 'POST', '/tasks', { title });
        const started = performance.now(); // it is committed
        await task(behind, title).waitFor();
        expect(performance.now() - started).toBeLessThan(1_000);
      }
      expect(await behind.locator('main li[data-task]').count()).toBe(6);
    } finally {
      await context.close();
      await proxy.close();
    }
  });

  test('after sleep on a line that died silently, the page catches up by itself and shows each change once', async () => {
    const { system, browser } = world();
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Susi');
    const token = await tokenOf(page);
    await page.close();
    const line = await brittleLine(system.url);
    try {
      const sleeper = await context.newPage();
      await sleeper.clock.install();
      const stream = sleeper.waitForResponse((response) => response.url().endsWith('/live'));
      await sleeper.goto(`${line.url}/all`);
      await stream;
      await api(system.url, token, 'POST', '/tasks', { title: 'Before sleep' });
      await task(sleeper, 'Before sleep').waitFor();
      line.breakSilently();
      await api(system.url, token, 'POST', '/tasks', { title: 'During sleep' });
      await sleep(1_500);
      expect(await task(sleeper, 'During sleep').count()).toBe(0);
      await sleeper.clock.fastForward('01:00:00'); // the lid opens an hour later
      await task(sleeper, 'During sleep').waitFor();
      await api(system.url, token, 'POST', '/tasks', { title: 'After sleep' });
      await task(sleeper, 'After sleep').waitFor();
      expect(await sleeper.locator('main li[data-task]').count()).toBe(3);
    } finally {
      await context.close();
      await line.close();
    }
  });

  test('a change made at another backend appears within a second, each once', async (context_) => {
    const { system, browser } = world();
    if (system.startReplica === null) {
      context_.skip('the system is not ours to add to');
      return;
    }
    const { page, context } = await visit(browser, system.url);
    await signUp(page, 'Rea');
    await page.goto('/all');
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    const token = await tokenOf(page);
    const replica = await system.startReplica();
    try {
      for (let round = 1; round <= 5; round += 1) {
        const title = `Replica ${round}`;
        await api(round % 2 === 0 ? system.url : replica.url, token, 'POST', '/tasks', { title });
        const started = performance.now();
        await task(page, title).waitFor();
        expect(performance.now() - started).toBeLessThan(1_000);
      }
      expect(await page.locator('main li[data-task]').count()).toBe(5);
    } finally {
      await replica.stop();
      await context.close();
    }
  });
}

/** A page on which nothing happens. */
export interface Silence {
  /** Resolves after two minutes of it, and a change. @returns the milliseconds until it appeared, and new streams until then */
  broken: () => Promise<{ ms: number; streams: number }>;
}

/** Opens a page and leaves it alone, while other tests run. */
export async function beginSilence(world: World): Promise<Silence> {
  const { system, browser } = world();
  const { page, context } = await visit(browser, system.url, { lasts: true });
  await signUp(page, 'Ida');
  await page.goto('/all');
  await page.locator('[data-live=open]').waitFor({ state: 'attached' });
  const token = await tokenOf(page);
  let streams = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/live')) streams += 1;
  });
  const until = performance.now() + SILENCE_MS;
  return {
    broken: async () => {
      await sleep(Math.max(0, until - performance.now()));
      await api(system.url, token, 'POST', '/tasks', { title: 'After silence' });
      const started = performance.now();
      await task(page, 'After silence').waitFor();
      const ms = performance.now() - started;
      await context.close();
      return { ms, streams };
    },
  };
}
