// What the page costs a person with thousands of tasks, in running systems side by side, in turn: the first load, the largest
// contentful paint, and how long the page takes to answer what a person does ("interaction to next paint", INP), with the
// processor slowed down. `npm run bench:web -- --page URL --page URL` runs it.
import { parseArgs } from 'node:util';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { api, launchBrowser, signUp, tokenOf, visit } from '../tests/browser/browser.ts';
import { loadOfTaskPage, type PageLoad } from '../tests/browser/load.ts';

const { values } = parseArgs({
  options: {
    page: { type: 'string', multiple: true },
    tasks: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    'slow-down': { type: 'string', default: '4' },
  },
});
const COUNT = Number(values.tasks);
const SLOW_DOWN = Number(values['slow-down']);
/** Requests at once that fill an account. */
const AT_ONCE = 6;
/** Every so many tasks repeats, has a time, has no date. */
const EVERY = { repeating: 20, timed: 4, undated: 7 };
const DAY_MS = 86_400_000;
const DAYS = 120;
/** Each action is done so often. */
const TIMES = 3;
/** The wheel is turned so often, by so much, in px. */
const WHEEL = { turns: 40, by: 900 };
/** A frame that took longer is seen as a stutter, in ms. */
const STUTTER_MS = 50;

interface Site {
  url: string;
  context: BrowserContext;
  rounds: Round[];
}

/** What one round measured; times in ms. */
interface Round {
  load: PageLoad;
  /** How long it took to have every task on the page, not slowed down. */
  wholeMs: number;
  elements: number;
  /** The longest of each action. */
  actions: Record<string, number>;
  stutters: number;
  longestFrameMs: number;
}

/** An account with many tasks. */
async function fill(browser: Browser, url: string): Promise<Site> {
  const { page, context } = await visit(browser, url, { lasts: true });
  await signUp(page, 'Many');
  const token = await tokenOf(page);
  let next = 0;
  const work = async () => {
    for (let number = next++; number < COUNT; number = next++) {
      const date = new Date(Date.now() + (number % DAYS) * DAY_MS).toISOString().slice(0, 10);
      const timed = number % EVERY.timed === 0;
      await api(url, token, 'POST', '/tasks', {
        title: `Task ${number} of the many that somebody has`,
        tags: [`tag${number % 9}`],
        priority: (['none', 'low', 'medium', 'high'] as const)[number % 4],
        due:
          number % EVERY.undated === 0
            ? null
            : timed
              ? { kind: 'local', local: `${date}T09:30`, zone: 'Europe/Berlin' }
              : { kind: 'date', date },
        ...(number % EVERY.repeating === 1 ? { recurrence: { rule: 'FREQ=WEEKLY' } } : {}),
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await page.close();
  return { url, context, rounds: [] };
}

/** Loads the whole list, as a person does who goes to its end. */
async function loadWhole(page: Page): Promise<number> {
  const begun = Date.now();
  const more = page.getByRole('button', { name: /^(Load more|Loading)$/ });
  while ((await more.count()) > 0) {
    await page.evaluate(() => {
      window.scrollTo(0, document.documentElement.scrollHeight);
      const button = [...document.querySelectorAll('button')].find(
        ({ textContent, disabled }) => textContent === 'Load more' && !disabled,
      );
      button?.click();
    });
    await page.waitForTimeout(30);
  }
  return Date.now() - begun;
}

/** What a person does, each with a name. The list is scrolled to its middle. */
const ACTIONS: Record<string, (page: Page) => Promise<void>> = {
  'complete a task': async (page) => {
    const row = await rowInView(page);
    await page.locator(`${row} input[type=checkbox]`).click();
    await page.waitForTimeout(1_500);
  },
  'open its menu': async (page) => {
    const row = await rowInView(page);
    await page.locator(`${row} button[aria-haspopup=menu]`).click();
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
  },
  'open and close it': async (page) => {
    const row = await rowInView(page);
    await page.locator(`${row} a[href^="/tasks/"]`).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  },
  'next task (J)': async (page) => {
    for (let press = 0; press < 5; press += 1) {
      await page.keyboard.press('j');
      await page.waitForTimeout(150);
    }
  },
  'select several': async (page) => {
    await page.evaluate(() => {
      window.scrollTo(0, 0);
    });
    await page.getByRole('button', { name: 'Select several' }).click();
    await page.waitForTimeout(500);
    await page.getByRole('button', { name: 'Done', exact: true }).first().click();
    await page.waitForTimeout(500);
  },
  'type in quick add': async (page) => {
    const field = page.getByRole('textbox', { name: 'Add a task' });
    await field.click();
    await page.keyboard.type('Water roses', { delay: 120 });
    await field.fill('');
  },
};

/** A selector of a row in the middle of the screen. */
async function rowInView(page: Page): Promise<string> {
  const id = await page.evaluate(() => {
    const half = window.innerHeight / 2;
    const rows = [...document.querySelectorAll<HTMLElement>('main li[data-task]')];
    const row = rows.find((one) => one.getBoundingClientRect().top > half);
    return row?.dataset['task'];
  });
  if (id === undefined) throw new Error('no row is in the middle of the screen');
  return `main li[data-task="${id}"]`;
}

/** Notes the longest interaction since it was last asked. */
async function longest(page: Page): Promise<number> {
  await page.waitForTimeout(600);
  return await page.evaluate(() => {
    const seen = window as unknown as { interactions: number[] };
    const most = Math.max(0, ...seen.interactions);
    seen.interactions = [];
    return most;
  });
}

async function scroll(page: Page): Promise<{ stutters: number; longestFrameMs: number }> {
  await page.evaluate(() => {
    window.scrollTo(0, 0);
    const noted = window as unknown as { frames: number[] };
    noted.frames = [];
    let before = performance.now();
    const note = (now: number) => {
      noted.frames.push(now - before);
      before = now;
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await page.mouse.move(640, 500);
  for (let turn = 0; turn < WHEEL.turns; turn += 1) {
    await page.mouse.wheel(0, WHEEL.by);
    await page.waitForTimeout(60);
  }
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  return {
    stutters: frames.filter((ms) => ms > STUTTER_MS).length,
    longestFrameMs: Math.round(Math.max(...frames)),
  };
}

async function slowDown(devtools: CDPSession, rate: number): Promise<void> {
  await devtools.send('Emulation.setCPUThrottlingRate', { rate });
}

async function measure({ context, rounds }: Site): Promise<void> {
  const load = await loadOfTaskPage(context);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await page.addInitScript(() => {
    const seen = window as unknown as { interactions: number[] };
    seen.interactions = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEventTiming & {
        interactionId: number;
      })[])
        if (entry.interactionId > 0) seen.interactions.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
  await page.goto('/all');
  await page.locator('[data-live=open]').waitFor({ state: 'attached' });
  const wholeMs = await loadWhole(page);
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  await page.waitForTimeout(6_000); // what is loaded later is there
  await slowDown(devtools, SLOW_DOWN);
  const scrolled = await scroll(page);
  const actions: Record<string, number> = {};
  for (const [name, act] of Object.entries(ACTIONS)) {
    await page.evaluate(() => {
      window.scrollTo(0, document.documentElement.scrollHeight / 2);
    });
    await longest(page);
    let most = 0;
    for (let time = 0; time < TIMES; time += 1) {
      await act(page);
      most = Math.max(most, await longest(page));
    }
    actions[name] = most;
  }
  await slowDown(devtools, 1);
  await page.close();
  rounds.push({ load, wholeMs, elements, actions, ...scrolled });
}

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

const urls = values.page ?? [];
if (urls.length === 0) throw new Error('expected --page URL, once for each system');
const browser = await launchBrowser();
try {
  const sites: Site[] = [];
  for (const url of urls) sites.push(await fill(browser, url));
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const site of sites) await measure(site);
  const line = (name: string, of: (round: Round) => number) => {
    const columns = sites.map(({ rounds }) => `${median(rounds.map(of))}`.padStart(12));
    process.stdout.write(`${name.padEnd(46)}${columns.join('')}\n`);
  };
  process.stdout.write(
    `${COUNT} tasks, processor ${SLOW_DOWN} times slower, median of ${values.rounds} rounds in turn\n` +
      `${''.padEnd(46)}${sites.map((_, index) => `system ${index + 1}`.padStart(12)).join('')}\n`,
  );
  line('JavaScript of the first load, bytes', ({ load }) => load.scriptBytes);
  line('largest contentful paint, ms', ({ load }) => load.largestPaintMs);
  line('all tasks on the page, not slowed down, ms', ({ wholeMs }) => wholeMs);
  line('elements in the document', ({ elements }) => elements);
  for (const name of Object.keys(ACTIONS))
    line(`INP: ${name}, ms`, ({ actions }) => actions[name] ?? NaN);
  line('INP: the longest of all, ms', ({ actions }) => Math.max(...Object.values(actions)));
  line(`scrolling: frames over ${STUTTER_MS} ms`, ({ stutters }) => stutters);
  line('scrolling: longest frame, ms', ({ longestFrameMs }) => longestFrameMs);
} finally {
  await browser.close();
}
