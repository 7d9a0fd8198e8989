// What a first visit of the task page costs, measured in the browser.
import type { BrowserContext } from 'playwright-core';

/** Bytes as they went over the wire (compressed bodies), and ms. */
export interface PageLoad {
  scriptBytes: number;
  styleBytes: number;
  /** Largest contentful paint with the processor slowed down 4 times; median of the runs. */
  largestPaintMs: number;
  largestPaintRuns: number[];
}

const RUNS = 5;
const SLOW_DOWN = 4;

/** Loads the task page of a signed-in context with an empty cache, several times. */
export async function loadOfTaskPage(context: BrowserContext): Promise<PageLoad> {
  const page = await context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  // A first visit has no service worker yet; what one answers counts as its uncompressed size.
  await devtools.send('Network.setBypassServiceWorker', { bypass: true });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOW_DOWN });
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      const last = list.getEntries().at(-1);
      if (last) Object.assign(window, { largestPaint: last.startTime });
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  const largestPaintRuns: number[] = [];
  let scriptBytes = 0;
  let styleBytes = 0;
  for (let run = 0; run < RUNS; run += 1) {
    await devtools.send('Network.clearBrowserCache');
    await page.goto('/');
    await page.locator('[data-live=open]').waitFor({ state: 'attached' });
    await page.waitForTimeout(1_000);
    const measured = await page.evaluate(() => {
      const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
      const bytes = (kind: RegExp) =>
        resources
          .filter((resource) => kind.test(new URL(resource.name).pathname))
          .reduce((sum, resource) => sum + resource.encodedBodySize, 0);
      return {
        scripts: bytes(/\.js$/),
        styles: bytes(/\.css$/),
        paint: (window as unknown as { largestPaint: number }).largestPaint,
      };
    });
    scriptBytes = measured.scripts;
    styleBytes = measured.styles;
    largestPaintRuns.push(Math.round(measured.paint));
  }
  await page.close();
  const sorted = [...largestPaintRuns].sort((a, b) => a - b);
  return {
    scriptBytes,
    styleBytes,
    largestPaintMs: sorted[Math.floor(RUNS / 2)] ?? NaN,
    largestPaintRuns,
  };
}
