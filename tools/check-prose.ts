// The wording and the diagrams of the documentation, as `npm run check:docs` checks them. Pure functions of a text.
//
// Words: dialect.ts has the list. Code, link targets and HTML comments are not prose and pass.
//
// Diagrams: Mermaid's own parser needs a browser's DOM and more than a hundred packages, too much for one check. So only the
// diagram's type, its blocks and its brackets are checked here: whether GitHub draws it is seen on the page.

import { dialectIn } from './dialect.ts';
import type { Finding } from './dialect.ts';

/** Diagram types that GitHub draws and this documentation uses. */
const DIAGRAM_TYPES = [
  /^(?:flowchart|graph) (?:TB|TD|BT|LR|RL)$/,
  /^sequenceDiagram$/,
  /^stateDiagram-v2$/,
  /^erDiagram$/,
];

/** What opens a block that `end` closes, by the diagram's first word. */
const BLOCK_START: Readonly<Record<string, RegExp>> = {
  flowchart: /^subgraph\b/,
  graph: /^subgraph\b/,
  sequenceDiagram: /^(?:loop|alt|opt|par|critical|break|rect|box)\b/,
};

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** The prose of a Markdown text at its own places: code, comments and link targets are blanked. */
function proseOf(markdown: string): string {
  return markdown
    .replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2`*$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/(`+)(?!`)[^`]*?\1/g, blank)
    .replace(/\]\([^)\s]*\)/g, blank);
}

/** Words of the dialect in a Markdown text. */
export function dialectWords(markdown: string): Finding[] {
  return dialectIn(proseOf(markdown));
}

/** Mermaid blocks of a Markdown text that can't be drawn. */
export function brokenDiagrams(markdown: string): Finding[] {
  return [...markdown.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].flatMap((match) => {
    const message = diagramFault(match[1] ?? '');
    const line = markdown.slice(0, match.index).split('\n').length + 1;
    return message === undefined ? [] : [{ line, message }];
  });
}

function diagramFault(source: string): string | undefined {
  const lines = source
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('%%'));
  const [type = '', ...body] = lines;
  if (!DIAGRAM_TYPES.some((known) => known.test(type)))
    return `no diagram type that is known: ${type || 'an empty block'}`;
  if (body.length === 0) return `an empty ${type}`;
  const start = BLOCK_START[type.split(' ')[0] ?? ''];
  let open = 0;
  for (const line of body) {
    if (start?.test(line)) open += 1;
    if (line === 'end') open -= 1;
    if (open < 0) return 'an "end" without a block';
    if (!isBalanced(line)) return `brackets or quotes don't match: ${line}`;
  }
  return open === 0 ? undefined : 'a block without its "end"';
}

function isBalanced(line: string): boolean {
  const unquoted = line.replace(/"[^"]*"/g, '');
  if (unquoted.includes('"')) return false;
  // in a sequence diagram and on an arrow, text after a colon or between bars is free
  const code = unquoted.replace(/:.*$/, '').replace(/\|[^|]*\|/g, '');
  const count = (sign: string) => code.split(sign).length;
  return count('[') === count(']') && count('(') === count(')') && count('{') === count('}');
}

/** Ids of public cases, such as A01, that texts in a test file begin with: names of tests quote them so. */
export function quotedCases(source: string): string[] {
  const names = /(['"`])([A-GNR]\d{2}(?:, [A-GNR]\d{2})*)[: ]/g;
  return [...source.matchAll(names)].flatMap((match) => (match[2] ?? '').split(', '));
}
