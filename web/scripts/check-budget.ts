// Measures what a first visit of the task page costs and fails over the budget. It starts the whole system, or measures the
// one at WEB_TEST_URL: `npm run check:budget --workspace web`.
import { addTask, launchBrowser, signUp, visit } from '../tests/browser/browser.ts';
import { loadOfTaskPage } from '../tests/browser/load.ts';
import { runningSystem } from '../tests/browser/running-system.ts';

/** Compressed JavaScript of the first load, bytes. */
const MAX_SCRIPT_BYTES = 200_000;
/** Largest contentful paint with the processor slowed down 4 times, ms. */
const MAX_PAINT_MS = 1_500;

const system = await runningSystem();
const browser = await launchBrowser();
try {
  const { page, context } = await visit(browser, system.url);
  await signUp(page, 'Lea');
  await addTask(page, 'Something to paint');
  const load = await loadOfTaskPage(context);
  process.stdout.write(
    `JavaScript of the first load: ${load.scriptBytes} of ${MAX_SCRIPT_BYTES} bytes; styles: ${load.styleBytes} bytes\n` +
      `largest contentful paint, processor 4 times slower: median ${load.largestPaintMs} of ${MAX_PAINT_MS} ms ` +
      `(runs: ${load.largestPaintRuns.join(', ')})\n`,
  );
  if (load.scriptBytes >= MAX_SCRIPT_BYTES || load.largestPaintMs >= MAX_PAINT_MS) {
    process.stderr.write('over the budget\n');
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await system.stop();
}
