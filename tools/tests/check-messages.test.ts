// The check of messages reads what people are shown, wherever the source has it, and leaves code alone.
import { describe, expect, test } from 'vitest';
import { dialectMessages } from '../check-messages.ts';

const found = (file: string, source: string, options = {}) =>
  dialectMessages(file, source, options).map(({ line, message }) => `${String(line)}: ${message}`);

describe('refuses', () => {
  test.each([
    ['a string', `const x = 1;\nthrow new Error('nobody told it why');`, '2: "told"'],
    ['a template', 'log.warn(`the state of ${name} can not be read`);', '1: "can not"'],
    ['a template after its expression', 'say(`${a} is no date`);', '1: "is no"'],
    [
      'its own line of a long template',
      'help(`Exit codes:\n  1 failed\n  3 starts anew`);',
      '3: "anew"',
    ],
    ['a sum', `fail('a task ' +\n  'that was mended');`, '2: "mended"'],
    ['the value of a key', `const texts = { hint: 'The part hears of it.' };`, '1: "hears"'],
    ['a description in a schema', `z.string().describe('Whoever sent it')`, '1: "Whoever"'],
    ['an attribute of JSX', `<input placeholder="Ask, or tell it what to do" />`, '1: "tell"'],
    ['text of JSX', `<p>\n  It goes on <b>{x}</b> by itself\n</p>`, '2: "goes on"'],
    ['one word of JSX', `<td>Settled</td>`, '1: "Settled"'],
    ['a choice', `x(ok ? 'all is well' : 'its last words');`, '1: "last words"'],
  ])('%s', (_, source, message) => {
    expect(found('page.tsx', source)).toEqual([expect.stringContaining(message)]);
  });

  test('documentation comments, where they are shown', () => {
    const source = `/**\n * Brings it\n * up anew.\n */\nexport function up() {}`;
    expect(found('index.ts', source)).toEqual([]);
    expect(found('index.ts', source, { comments: true })).toEqual([
      expect.stringMatching(/^3: "anew"/),
    ]);
  });
});

describe('lets pass', () => {
  test.each([
    ['names and keys', `const told = { settle: 'settled', 'hears-it': hears('anew') };`],
    ['modules', `import { settle } from './settle and tell.ts'; export * from 'tell it';`],
    ['types', `type Told = 'was told' | 'stands still';`],
    ['comments', `// whoever reads this\nconst x = 1;`],
    ['SQL', 'q(`select todo.settle($1) as told`); q(`UPDATE t SET settled = $1 WHERE told`);'],
    ['embedded programs', 'run(`const told = await ask();\nconsole.log(told);`);'],
    ['CSS classes', '<p className="stand-out mended:flex told-1 text-sm">{told}</p>'],
    ['one word and an expression', 'socket.send(`knock ${secret}`);'],
    ['regular expressions', String.raw`/^(tell me|told you so)\b/u.test(text);`],
    [
      'right English',
      `say('There is no such list. It is no longer open; standards understand it.');`,
    ],
  ])('%s', (_, source) => {
    expect(found('page.tsx', source)).toEqual([]);
  });
});
