// The README's table of settings is the code's: same names, same defaults, and every example is accepted.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METADATA_NAMES, parseComponentMetadata } from '../src/component-metadata.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const REQUIRED = { connectionString: 'postgresql://u:p@h/d', consumerID: 'app' };

const rows = README.slice(README.indexOf('| Name '), README.indexOf('Metadata of a message'))
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, name, required, fallback, example] = line.split('|').map((cell) => cell.trim());
    return {
      name: name!.replaceAll('`', ''),
      required,
      fallback: /^`([^`]*)`$/.exec(fallback!)?.[1],
      example: /^`([^`]*)`$/.exec(example!)?.[1],
    };
  });

test('it lists every setting, and nothing else', () => {
  expect(rows.map((row) => row.name).sort()).toEqual([...METADATA_NAMES].sort());
});

test.each(rows)('$name: default and example are the code’s', ({ name, fallback, example }) => {
  expect(example).toBeDefined();
  const key = name as keyof ReturnType<typeof parseComponentMetadata>['metadata'];
  parseComponentMetadata({ ...REQUIRED, ...companions(name), [name]: example! });
  if (fallback === undefined || METADATA_NAMES.includes(fallback)) return; // no default, or another setting's value
  const implicit = parseComponentMetadata(REQUIRED).metadata[key];
  const explicit = parseComponentMetadata({ ...REQUIRED, [name]: fallback }).metadata[key];
  expect(implicit).toEqual(explicit);
});

/** What an example needs beside it to make sense. */
function companions(name: string): Record<string, string> {
  return name === 'retryBackoff' ? { retryBackoffMax: '1h' } : {};
}

test('it says what is required', () => {
  expect(rows.filter((row) => row.required === 'yes').map((row) => row.name)).toEqual([
    'connectionString',
  ]);
});
