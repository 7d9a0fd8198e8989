// A new version of the service worker takes the place of the old one: an open page goes on with the parts of its own build, the
// next page is the new one, with and without network. The worker is the real one, built three times for three small builds.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, visit } from '../browser/browser';

/** What the server has: one build at a time, as after a release. */
let version = 1;
const workers = new Map<number, string>();
let server: Server;
let url = '';
let browser: Browser;

const filesOf = (number: number) => [
  `/_next/static/chunks/app-${number}.js`,
  `/_next/static/chunks/later-${number}.js`,
];

async function workerOf(number: number): Promise<string> {
  const manifest = filesOf(number).map((file) => ({ url: file, revision: null }));
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, '../../worker/worker.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    define: {
      'self.__SW_MANIFEST': JSON.stringify(manifest),
      'self.__SW_BUILD': JSON.stringify(`build-${number}`),
      'process.env.NODE_ENV': '"production"',
    },
  });
  return outputFiles[0]?.text ?? '';
}

/** As the app's page does it. */
const SCRIPT = `navigator.serviceWorker.register('/sw.js');
const keep = () => navigator.serviceWorker.controller?.postMessage({ kind: 'keep-shell' });
navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ kind: 'keep-shell' }));
navigator.serviceWorker.addEventListener('controllerchange', keep);`;

function answer(pathname: string): { type: string; body: string } | undefined {
  if (pathname === '/sw.js') return { type: 'text/javascript', body: workers.get(version) ?? '' };
  if (pathname.startsWith('/_next/static/'))
    return filesOf(version).includes(pathname)
      ? { type: 'text/javascript', body: pathname.includes('app') ? SCRIPT : 'window.later = true' }
      : undefined;
  const head = `<!doctype html><html lang="en"><title>${pathname}</title>`;
  const script = `<script src="${filesOf(version)[0] ?? ''}"></script>`;
  return { type: 'text/html', body: `${head}<h1>Version ${version}</h1>${script}</html>` };
}

beforeAll(async () => {
  for (const number of [1, 2, 3]) workers.set(number, await workerOf(number));
  server = createServer((request, response) => {
    const found = answer(new URL(request.url ?? '/', 'http://any').pathname);
    response
      .writeHead(found ? 200 : 404, { 'content-type': found?.type ?? 'text/plain' })
      .end(found?.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  server.closeAllConnections();
  server.close();
});

const names = (page: Page) => page.evaluate(async () => (await caches.keys()).sort());
const shown = (page: Page) => page.locator('h1').textContent();

/** The browser looks for a new worker, and it takes over. */
async function replaced(page: Page, number: number): Promise<void> {
  version = number;
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update();
  });
  await expect.poll(() => names(page), { timeout: 30_000 }).toContain(`todo-shell-build-${number}`);
}

const isOfBuild = (page: Page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => {
          resolve(data);
        };
        const scripts = [...document.scripts].map(({ src }) => new URL(src).pathname);
        const message = { kind: 'is-of-build', scripts };
        navigator.serviceWorker.controller?.postMessage(message, [port2]);
      }),
  );

test('an open page goes on, the next one is new, and no build stays for ever', async () => {
  const { page, context } = await visit(browser, url);
  await page.goto('/');
  await expect
    .poll(() => names(page), { timeout: 30_000 })
    .toEqual(['todo-shell-build-1', 'todo-static-build-1']);
  expect(await isOfBuild(page)).toBe(true);

  await replaced(page, 2);
  expect(await shown(page)).toBe('Version 1');
  expect(await isOfBuild(page)).toBe(false);
  // A part of the old build, which the server has no more.
  const part = filesOf(1)[1] ?? '';
  expect(await page.evaluate(async (file) => (await fetch(file)).status, part)).toBe(200);
  await expect
    .poll(() => names(page))
    .toEqual(['todo-shell-build-2', 'todo-static-build-1', 'todo-static-build-2']);

  await context.setOffline(true);
  await page.goto('/all');
  expect(await shown(page)).toBe('Version 2');
  await context.setOffline(false);
  await page.goto('/upcoming');
  expect(await shown(page)).toBe('Version 2');
  expect(await isOfBuild(page)).toBe(true);

  await replaced(page, 3);
  await expect
    .poll(() => names(page))
    .toEqual(['todo-shell-build-3', 'todo-static-build-2', 'todo-static-build-3']);
  await context.setOffline(true);
  await page.reload();
  expect(await shown(page)).toBe('Version 3');
}, 120_000);
