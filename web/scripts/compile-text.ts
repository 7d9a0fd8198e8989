// Compiles the translations: ICU messages become the compact form that icu-minify formats without a parser and without eval.
// `npm run text` writes web/text/compiled; with --check it writes nothing, lists everything wrong with the translations, and
// says when the compiled files are not those of the sources.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format as tidied, resolveConfig } from 'prettier';
import { compiledText, TRANSLATIONS } from './compiled-text.ts';

const folder = path.join(import.meta.dirname, '..', 'text', 'compiled');
const checkOnly = process.argv.includes('--check');
const wrong: string[] = [];

for (const [language, translation] of Object.entries(TRANSLATIONS)) {
  const { files, problems } = compiledText(language, translation);
  wrong.push(...problems);
  if (problems.length > 0) continue;
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    const config = await resolveConfig(file);
    const text = await tidied(JSON.stringify(content), { ...config, filepath: file });
    if (!checkOnly) await writeFile(file, text);
    else if ((await readFile(file, 'utf8').catch(() => '')) !== text)
      wrong.push(`text/compiled/${name} is not what the sources say. Run: npm run text -w web`);
  }
}
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`);
  process.exitCode = 1;
}
