// metadata.yaml says what the code does: same names, same defaults, and every example is accepted. The README's table is made
// from it.
import { expect, test } from 'vitest';
import { readComponentDescription, rowsInReadme, settingsRows } from './metadata-table.ts';
import { METADATA_NAMES, parseComponentMetadata } from '../src/component-metadata.ts';

const REQUIRED = { connectionString: 'postgresql://u:p@h/d', consumerID: 'app' };

const { metadata, ...component } = readComponentDescription();
const rows = metadata.map((row) => ({ ...row, fallback: row.default }));

test('README.md has the table that `npm run docs` makes', () => {
  expect(rowsInReadme()).toEqual(settingsRows());
});

test('its type is the one that daprd asks for', () => {
  expect(`${component.type}.${component.name}`).toBe('pubsub.postgresql');
});

test.each(metadata.filter(({ allowedValues }) => allowedValues))(
  '$name takes each value that it names, and no other',
  ({ name, allowedValues = [] }) => {
    for (const value of allowedValues) parseComponentMetadata({ ...REQUIRED, [name]: value });
    expect(() => parseComponentMetadata({ ...REQUIRED, [name]: 'something else' })).toThrow(name);
  },
);

test.each(metadata.filter(({ type }) => type === 'number' || type === 'duration'))(
  '$name is a $type',
  ({ name, type }) => {
    expect(() => parseComponentMetadata({ ...REQUIRED, [name]: 'nonsense' })).toThrow(
      type === 'duration' ? 'expected a duration' : 'expected a whole number',
    );
  },
);

test('it lists every setting, and nothing else', () => {
  expect(rows.map((row) => row.name).sort()).toEqual([...METADATA_NAMES].sort());
});

test.each(rows)('$name: default and example are the code’s', ({ name, fallback, example }) => {
  const key = name as keyof ReturnType<typeof parseComponentMetadata>['metadata'];
  parseComponentMetadata({ ...REQUIRED, ...companions(name), [name]: example });
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
  expect(rows.filter((row) => row.required).map((row) => row.name)).toEqual(['connectionString']);
});
