// The checks of the documentation find what they are for, and leave code alone.
import { describe, expect, test } from 'vitest';
import { brokenDiagrams, dialectWords, quotedCases } from '../check-prose.ts';

const messages = (findings: readonly { line: number; message: string }[]) =>
  findings.map(({ line, message }) => `${String(line)}: ${message}`);

describe('wording', () => {
  test.each([
    ['The log hears of it.', 'hears'],
    ['It starts anew.', 'anew'],
    ['Whoever runs it decides.', 'Whoever'],
    ['one that was mended', 'mended'],
    ['| a cell | nobody told it |', 'told'],
  ])('refuses %s', (text, word) => {
    expect(messages(dialectWords(`First line.\n\n${text}\n`))).toEqual([
      expect.stringMatching(`^3: "${word}": write `),
    ]);
  });

  test.each([
    'The standard understands outstanding work.',
    'The log has `a failure is told again`.',
    '```sh\necho it stands anew\n```',
    '<!-- whoever reads this -->',
    'See [the page](how-to/anew.md).',
  ])('lets pass: %s', (text) => {
    expect(dialectWords(`${text}\n`)).toEqual([]);
  });
});

describe('diagrams', () => {
  const block = (source: string) => `Text.\n\n\`\`\`mermaid\n${source}\n\`\`\`\n`;

  test.each([
    'flowchart LR\n  a[One] -->|"yes (1)"| b{Two?}',
    'flowchart TB\n  subgraph x [X]\n    a --> b\n  end',
    'sequenceDiagram\n  participant A\n  loop each minute\n    A->>B: GET /tasks (first\n  end',
  ])('draws %s', (source) => {
    expect(brokenDiagrams(block(source))).toEqual([]);
  });

  test.each([
    ['flowchat LR\n  a --> b', 'no diagram type'],
    ['', 'no diagram type'],
    ['flowchart LR', 'an empty flowchart'],
    ['flowchart LR\n  a[One --> b', "brackets or quotes don't match"],
    ['flowchart TB\n  subgraph x\n  a --> b', 'a block without its "end"'],
    ['sequenceDiagram\n  A->>B: go\n  end', 'an "end" without a block'],
  ])('refuses %s', (source, message) => {
    expect(messages(brokenDiagrams(block(source)))).toEqual([
      expect.stringContaining(`4: ${message}`),
    ]);
  });
});

test('cases are the ids that texts of a test begin with', () => {
  const source = `
    describe('A01: short months', () => {
      test.each([1])("B05, B07: an envelope", () => {});
      test.skip(
        'N55 a large backup',
      );
      test('on A4 paper', () => {}); // C01: no text
    });`;
  expect(quotedCases(source)).toEqual(['A01', 'B05', 'B07', 'N55']);
});
