// A copy of the sources to put a bug into: the product itself is never edited. Packages from outside are linked, not copied.
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from '@todo/local/data-folder';
import { edited, MUTANTS, type Mutant, type MutantName } from './catalogue.ts';

/** The folders that a run reads. */
const FOLDERS = ['packages', 'services', 'dapr', 'deploy', 'local', 'e2e', 'tools', 'web'];
const FILES = ['package.json', 'tsconfig.json', 'tsconfig.base.json'];
/** Not sources. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.next', '.local', 'coverage']);
const OWN_PACKAGES = '@todo';

/** Copies the sources with a bug in them. @returns the copy's root, for the caller to remove */
export async function sourcesWith(name: MutantName): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), `todo-${name}-`));
  for (const folder of FOLDERS)
    await cp(join(ROOT, folder), join(target, folder), {
      recursive: true,
      filter: (source) => !LEFT_OUT.has(basename(source)),
    });
  for (const file of FILES) await cp(join(ROOT, file), join(target, file));
  await linkPackages(target);
  const { edits }: Mutant = MUTANTS[name];
  for (const edit of edits) {
    const file = join(target, edit.file);
    await writeFile(file, edited(await readFile(file, 'utf8'), edit));
  }
  return target;
}

async function linkPackages(target: string): Promise<void> {
  const modules = join(ROOT, 'node_modules');
  await mkdir(join(target, 'node_modules', OWN_PACKAGES), { recursive: true });
  for (const entry of await readdir(modules))
    if (entry !== OWN_PACKAGES)
      await symlink(join(modules, entry), join(target, 'node_modules', entry));
  // Our own lead to the copy: the links are relative.
  for (const entry of await readdir(join(modules, OWN_PACKAGES)))
    await symlink(
      await readlink(join(modules, OWN_PACKAGES, entry)),
      join(target, 'node_modules', OWN_PACKAGES, entry),
    );
  // What a workspace has of its own, such as another version of a package.
  for (const folder of [
    'web',
    ...(await readdir(join(ROOT, 'services'))).map((s) => `services/${s}`),
  ]) {
    const own = join(ROOT, folder, 'node_modules');
    const found = await readdir(own).catch(() => []);
    if (found.length > 0) await symlink(own, join(target, folder, 'node_modules'));
  }
}
