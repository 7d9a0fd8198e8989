// No statement of the repository changes rows that are in (select … limit …). Such a subquery is joined: PostgreSQL may read it
// again for each row, and with row locks each reading finds others, so that the limit does not limit. A materialized common
// table expression, or = any(array(…)), is read once.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url).pathname;
const FOLDERS = ['packages', 'services', 'web', 'local', 'backup', 'deploy', 'ci', 'bench', 'e2e'];
const SKIPPED = new Set(['node_modules', '.next', 'dist', 'sdk']);

/** The subqueries of a statement that changes rows, which PostgreSQL may read again for each row. */
function reread(statement: string): string[] {
  const text = statement.replace(/--[^\n]*/g, '').replace(/'(?:[^']|'')*'/g, "''");
  if (!/\b(?:update|delete)\b/i.test(text)) return [];
  return [...text.matchAll(/\bin\s*\(\s*(?=(?:with|select)\b)/gi)]
    .map((match) => inside(text, match.index + match[0].length))
    .filter((query) => /\b(?:limit|fetch\s+(?:first|next)|skip\s+locked)\b/i.test(query));
}

/** What stands from `start` to the parenthesis that ends it. */
function inside(text: string, start: number): string {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')' && --depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

/** Every string and template of a source; what a template puts in stands as a name. */
function texts(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(path, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node))
      found.push(
        [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('x'),
      );
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The statements of a folder of migrations, of functions that were replaced only the newest. */
function statements(files: readonly string[]): string[] {
  const functions = new Map<string, string>();
  const others: string[] = [];
  for (const file of files)
    for (const part of readFileSync(file, 'utf8').split(/^(?=create\b)/im)) {
      const name = /^create (?:or replace )?function ([\w.{}]+)/i.exec(part)?.[1];
      if (name) functions.set(name, part);
      else others.push(part);
    }
  return [...functions.values(), ...others].flatMap((part) => part.split(';'));
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

describe('limits in statements that change rows', () => {
  const files = FOLDERS.flatMap((folder) => [...walk(join(ROOT, folder))]);
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !/\.test\.ts$/.test(file));
  const migrations = Map.groupBy(files.filter((file) => file.endsWith('.sql')).sort(), (file) =>
    relative(ROOT, join(file, '..')),
  );

  it('are read once in every source', () => {
    expect(sources.length).toBeGreaterThan(200);
    const found = sources.flatMap((file) =>
      texts(file).flatMap((text) =>
        reread(text).map((query) => `${relative(ROOT, file)}: ${query}`),
      ),
    );
    expect(found).toEqual([]);
  });

  it('are read once in every migration and in every function as it is now', () => {
    expect(migrations.size).toBeGreaterThan(4);
    const found = [...migrations].flatMap(([folder, its]) =>
      statements(its).flatMap((text) => reread(text).map((query) => `${folder}: ${query}`)),
    );
    expect(found).toEqual([]);
  });

  it.each([
    [
      'UPDATE t SET a = 1 WHERE (a, b) IN (SELECT a, b FROM t ORDER BY c LIMIT $1 FOR UPDATE SKIP LOCKED)',
      1,
    ],
    ['DELETE FROM t WHERE id in\n(select id from t limit 10)', 1],
    ['delete from t where id in (select id from (select id from t order by n limit 5) q)', 1],
    ['UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t FETCH FIRST 5 ROWS ONLY)', 1],
    [
      'WITH due AS MATERIALIZED (SELECT id FROM t LIMIT 5) UPDATE t SET a = 1 FROM due WHERE t.id = due.id',
      0,
    ],
    ['DELETE FROM t WHERE id = ANY (ARRAY(SELECT id FROM t LIMIT 5))', 0],
    ['DELETE FROM t WHERE id IN (SELECT id FROM u WHERE gone)', 0],
    ['SELECT * FROM t WHERE id IN (SELECT id FROM t LIMIT 5)', 0],
    [`UPDATE t SET a = 'x in (select 1 limit 1)' WHERE id = $1`, 0],
  ])('this check knows the two apart: %s', (statement, count) => {
    expect(reread(statement)).toHaveLength(count);
  });
});
