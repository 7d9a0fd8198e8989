// What a screen reader has to say, from the accessibility tree that Chromium gives it (not from the markup): the element with
// the focus, and the live regions.
import type { Page } from 'playwright-core';

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

async function treeOf(page: Page): Promise<Node[]> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('Accessibility.enable');
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    return nodes;
  } finally {
    await session.detach();
  }
}

const property = (node: Node, name: string) =>
  node.properties?.find((one) => one.name === name)?.value.value;
const textOf = (value: Value | undefined) =>
  (typeof value?.value === 'string' ? value.value : '').replace(/[\u2068\u2069]/g, '').trim();

/** The element with the focus, as `name, role, states, description`. */
export async function spokenFocus(page: Page): Promise<string> {
  const focused = (await treeOf(page)).filter((node) => property(node, 'focused') === true);
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
export async function spokenNews(page: Page): Promise<string[]> {
  const nodes = await treeOf(page);
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
