// `npm run check` runs every check to its end, says what failed, and never more at once than asked for.
import { expect, test } from 'vitest';
import { checksOf, runChecks, runProgram, type Checked } from '../check.ts';

const ended = (name: string, passed = true): Checked => ({ name, passed, ms: 1, output: '' });

test('the checks are the scripts of that name, in their order', () => {
  const scripts = { 'check:types': 'tsc', 'check-pods': 'x', check: 'y', 'check:docs': 'z' };
  expect(checksOf(scripts)).toEqual(['types', 'docs']);
});

test('a check that fails stops none of the others', async () => {
  const shown: string[] = [];
  const all = await runChecks(
    ['types', 'lint', 'docs'],
    1,
    (name) => Promise.resolve(ended(name, name !== 'types')),
    ({ name }) => shown.push(name),
  );
  expect(shown).toEqual(['types', 'lint', 'docs']);
  expect(all.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['types']);
});

test('runs no more side by side than asked for', async () => {
  let running = 0;
  let most = 0;
  const run = async (name: string): Promise<Checked> => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running -= 1;
    return ended(name);
  };
  await runChecks(['a', 'b', 'c', 'd', 'e'], 2, run, () => undefined);
  expect(most).toBe(2);
});

test('a program fails by its exit code, and when it can not be started; what it wrote is kept', async () => {
  const node = (code: string): Promise<Checked> =>
    runProgram('one', process.execPath, ['-e', code]);
  expect(await node('console.log(1); console.error(2)')).toMatchObject({
    passed: true,
    output: expect.stringMatching(/^(1\n2|2\n1)\n$/) as string,
  });
  expect(await node('console.log("why"); process.exit(3)')).toMatchObject({
    passed: false,
    output: 'why\n',
  });
  expect(await runProgram('one', '/no/such/program', [])).toMatchObject({
    passed: false,
    output: expect.stringContaining('ENOENT') as string,
  });
});
