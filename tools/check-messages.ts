// `npm run check:messages`: what people read in a program has the wording of the documentation. Titles and details of problems,
// errors, logs, --help, page texts and descriptions of tools are strings and JSX text in the source; the compiler's own parser
// finds them. Names of types, keys, SQL, CSS classes and embedded programs are not prose and pass.
//
// The Dagger module's documentation comments are read too: `dagger call --help` prints them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';
import ts from 'typescript';
import { dialectIn } from './dialect.ts';
import type { Finding } from './dialect.ts';

const ROOT = join(import.meta.dirname, '..');
/** Folders whose strings no user of the system reads: tests, measurements, and this list itself. And what is not English. */
const NOT_READ =
  /(^|\/)(tests?|bench|findings|conformance|certification)\/|\.test\.tsx?$|\.d\.ts$|^tools\/dialect\.ts$|^web\/text\/(de|he)\//;
/** Words a sentence needs: fewer are a name or a key. */
const MIN_WORDS = 2;
const CODE = /=>|;\s*(?:\n|$)|\b(?:const|await|function) /;
const SQL =
  /\bselect \S+\(|\bselect\b[\s\S]+\bfrom\b|\bupdate \S+ set\b|\b(?:insert into|delete from|(?:create|alter|drop) (?:table|schema|index))\b/i;

interface Options {
  /** Documentation comments are shown to users, as Dagger does. */
  readonly comments?: boolean;
}

/** What a source text shows in dialect. `file` decides between TypeScript and TSX. */
export function dialectMessages(file: string, source: string, options: Options = {}): Finding[] {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, kind);
  const findings: Finding[] = [];
  const read = (text: string, position: number): void => {
    const first = tree.getLineAndCharacterOfPosition(position).line;
    for (const { line, message } of dialectIn(text)) findings.push({ line: first + line, message });
  };
  const visit = (node: ts.Node): void => {
    if (isCode(node)) return;
    if (ts.isJsxText(node)) read(node.text, node.pos);
    else if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      if (isSentence(node.text)) read(node.text, node.getStart(tree));
    } else if (ts.isTemplateExpression(node)) {
      const pieces = [node.head, ...node.templateSpans.map((span) => span.literal)];
      if (isSentence(pieces.map((piece) => piece.text).join(' … ')))
        for (const piece of pieces) read(piece.text, piece.getStart(tree));
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  if (options.comments)
    for (const { 0: comment, index } of source.matchAll(/\/\*\*[\s\S]*?\*\//g))
      read(comment, index);
  return findings;
}

/** What can hold strings that no person reads. */
function isCode(node: ts.Node): boolean {
  return (
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isLiteralTypeNode(node) ||
    (ts.isJsxAttribute(node) && ts.isIdentifier(node.name) && node.name.text === 'className') ||
    (ts.isStringLiteral(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node)
  );
}

function isSentence(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  return words.length >= MIN_WORDS && !CODE.test(text) && !SQL.test(text);
}

function shownFiles(): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return listed
    .split('\n')
    .filter((file) => file !== '' && !NOT_READ.test(file))
    .filter((file) => existsSync(join(ROOT, file)));
}

if (import.meta.main) {
  readArguments(
    'Usage: npm run check:messages\n\nChecks the wording of messages that people read.',
    {},
  );
  const findings = shownFiles().flatMap((file) =>
    dialectMessages(file, readFileSync(join(ROOT, file), 'utf8'), {
      comments: file.startsWith('ci/src/'),
    }).map(({ line, message }) => `${file}:${String(line)}: ${message}\n`),
  );
  process.stderr.write(findings.join(''));
  process.stdout.write(`messages: ${findings.length === 0 ? 'ok' : 'FAILED'}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
