// What a screen reader has to say, from the accessibility tree that Chromium gives it (not from the markup): the element with
// the focus, and the live regions.
import type { BrowserContext, Page } from 'playwright-core';

interface Value {
  value?: unknown;
}
interface Node {
  nodeId: string;
  ignored: boolean;
  parentId?: string;
  role?: Value;
  name?: Value;
  description?: Value;
  childIds?: string[];
  properties?: { name: string; value: Value }[];
}

/** Reads the tree of a page, again and again. */
export interface Reader {
  /** The element with the focus, as `name, role, states, description`. */
  focus: () => Promise<string>;
  /** What live regions said since this was asked last, in order; some of it is in the tree for a second only. */
  news: () => string[];
  stop: () => Promise<void>;
}

/** A message is in the tree for this long, in ms (Radix); a busy machine reads the tree less often than that. */
const ANNOUNCED_MS = 1_000;
const STRETCHED_MS = 8_000;

/** Leaves messages in the tree for longer. For pages that are opened from now on. */
export async function stretchNews(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    ([announced, stretched]) => {
      const original = window.setTimeout.bind(window);
      window.setTimeout = ((run: () => void, ms?: number) =>
        original(run, ms === announced ? stretched : ms)) as typeof setTimeout;
    },
    [ANNOUNCED_MS, STRETCHED_MS] as const,
  );
}

/** Begins to read. */
export async function readAloud(page: Page): Promise<Reader> {
  const session = await page.context().newCDPSession(page);
  await session.send('Accessibility.enable');
  const tree = async (): Promise<Node[]> =>
    (await session.send('Accessibility.getFullAXTree')).nodes;
  let stopped = false;
  let shown: string[] = [];
  const heard: string[] = [];
  const listen = async (): Promise<void> => {
    while (!stopped) {
      const now = newsOf(await tree().catch(() => []));
      const before = [...shown];
      shown = now;
      for (const text of now) {
        const known = before.indexOf(text);
        if (known < 0) heard.push(text);
        else before.splice(known, 1); // the same words a second time are news
      }
    }
  };
  const listening = listen();
  return {
    focus: async () => focusOf(await tree()),
    news: () => heard.splice(0),
    stop: async () => {
      stopped = true;
      await listening;
      await session.detach().catch(() => undefined);
    },
  };
}

const property = (node: Node, name: string) =>
  node.properties?.find((one) => one.name === name)?.value.value;
const textOf = (value: Value | undefined) =>
  (typeof value?.value === 'string' ? value.value : '').replace(/[\u2068\u2069]/g, '').trim();

function focusOf(nodes: readonly Node[]): string {
  const focused = nodes.filter((node) => property(node, 'focused') === true);
  const node = focused.findLast((one) => textOf(one.role) !== 'RootWebArea') ?? focused.at(-1);
  if (node === undefined) return '';
  const checked = property(node, 'checked') as string | boolean | undefined;
  const states = [
    checked === undefined ? '' : String(checked) === 'true' ? 'checked' : 'not checked',
    property(node, 'expanded') === undefined
      ? ''
      : property(node, 'expanded') === true
        ? 'expanded'
        : 'collapsed',
    property(node, 'disabled') === true ? 'disabled' : '',
  ];
  return [textOf(node.name), textOf(node.role), ...states, textOf(node.description)]
    .filter((part) => part !== '')
    .join(', ');
}

/** Everything that live regions hold at the moment, one text each. */
function newsOf(nodes: readonly Node[]): string[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const words = (node: Node): string[] =>
    textOf(node.role) === 'StaticText'
      ? [textOf(node.name)]
      : (node.childIds ?? []).flatMap((id) => {
          const child = byId.get(id);
          return child === undefined ? [] : words(child);
        });
  const isLive = (node: Node | undefined) =>
    ['polite', 'assertive'].includes(String(node && property(node, 'live')));
  return nodes
    .filter((node) => !node.ignored && isLive(node))
    .map((node) => words(node).join(' ').replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '');
}
