// README.md's table of settings, made from metadata.yaml (Dapr's schema for its own components): `npm run docs` writes it, and a
// test compares the two.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- settings: made from metadata.yaml by `npm run docs` -->';
const END = '<!-- end of settings -->';

/** One setting: https://github.com/dapr/components-contrib/blob/main/component-metadata-schema.json, `Metadata` there. */
const setting = z.strictObject({
  name: z.string(),
  description: z.string(),
  example: z.string(),
  type: z.enum(['string', 'number', 'bool', 'duration', 'bytesize']).optional(),
  required: z.boolean().optional(),
  sensitive: z.boolean().optional(),
  default: z.string().optional(),
  allowedValues: z.array(z.string()).optional(),
});

const component = z.strictObject({
  schemaVersion: z.literal('v1'),
  type: z.literal('pubsub'),
  name: z.string(),
  version: z.string(),
  status: z.enum(['stable', 'beta', 'alpha', 'development-only']),
  title: z.string(),
  description: z.string(),
  urls: z.array(z.strictObject({ title: z.string(), url: z.url() })),
  capabilities: z.array(z.string()),
  metadata: z.array(setting),
});

/** What metadata.yaml says. @throws ZodError when it is not in Dapr's schema */
export function readComponentDescription(): z.output<typeof component> {
  const text = readFileSync(new URL('../metadata.yaml', import.meta.url), 'utf8');
  return component.parse(parse(text));
}

/** The table's rows, cell by cell, without the heading. */
export function settingsRows(): string[][] {
  const code = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``);
  return readComponentDescription().metadata.map((one) => [
    code(one.name),
    one.required === true ? 'yes' : 'no',
    code(one.default),
    code(one.example),
    one.description.trim(),
  ]);
}

/** The rows that README.md has now. */
export function rowsInReadme(): string[][] {
  return between(readFileSync(README, 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function between(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md: expected ${BEGIN} … ${END}`);
  return readme.slice(begin + BEGIN.length, end);
}

if (import.meta.main) {
  const readme = readFileSync(README, 'utf8');
  const heading = ['Name', 'Required', 'Default', 'Example', 'What it is'];
  const lines = [heading, heading.map(() => '---'), ...settingsRows()].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  writeFileSync(
    README,
    readme.replace(between(readme), () => `\n\n${lines.join('\n')}\n\n`),
  );
}
