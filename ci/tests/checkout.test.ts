// Where the commit comes from: the repository that was named or the checkout; what is said where there is none.
import { dag } from '@dagger.io/dagger';
import { describe, expect, test } from 'vitest';
import { checkCommit, noRepository } from '../src/checkout.ts';
import { ExecFailure, record } from './recording-engine.ts';
import type { Answer } from './recording-engine.ts';

const REVISION = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';

/** A checkout: its .git is a folder, a file with this text, or not there. */
const checkout =
  (git: 'folder' | { readonly file: string } | undefined, rest: Answer = () => undefined): Answer =>
  (pipeline, command) => {
    const last = pipeline.at(-1);
    if (last?.field === 'exists') return git === 'folder';
    if (last?.field === 'contents') {
      if (typeof git === 'object') return git.file;
      throw new ExecFailure([], 1, 'no such file');
    }
    const other = rest(pipeline, command);
    if (other !== undefined) return other;
    if (last?.field === 'commit') return REVISION;
    return last?.field === 'isEmpty' ? true : undefined;
  };

async function commitIn(answer: Answer, clean = true): Promise<string> {
  const { result } = await record(async () => {
    const check = await checkCommit(undefined, dag.directory(), clean);
    try {
      return check().revision;
    } catch (error) {
      return (error as Error).message;
    }
  }, answer);
  return result;
}

describe('the commit of a checkout', () => {
  test('is that of its .git folder', async () => {
    expect(await commitIn(checkout('folder'))).toBe(REVISION);
  });
  test('a worktree is called one, with what to do', async () => {
    const message = await commitIn(
      checkout({ file: 'gitdir: /home/ann/todo/.git/worktrees/fix\n' }),
    );
    expect(message).toMatch(/--repository is missing: this is a git worktree: .*worktrees\/fix/);
    expect(message).toMatch(/git clone \. /);
  });
  test('an archive is called one, with what to give', async () => {
    expect(await commitIn(checkout(undefined))).toMatch(
      /--repository is missing: there is no \.git here[\s\S]*--repository=https:\/\//,
    );
  });
  test('a repository without a commit, and one that can’t be read', async () => {
    const failing = (text: string): Answer =>
      checkout('folder', (pipeline) => {
        if (pipeline.at(-1)?.field === 'commit') throw new ExecFailure(['git'], 128, text);
        return undefined;
      });
    expect(await commitIn(failing("fatal: ambiguous argument 'HEAD': unknown revision"))).toMatch(
      /--repository: it has no commit yet/,
    );
    expect(await commitIn(failing('fatal: bad object'))).toMatch(
      /--repository: its commit can't be read/,
    );
  });
  test('uncommitted changes matter to a publish, and not to a question', async () => {
    const dirty = checkout('folder', (pipeline) =>
      pipeline.at(-1)?.field === 'isEmpty' ? false : undefined,
    );
    expect(await commitIn(dirty)).toMatch(/--repository: the work tree has uncommitted changes/);
    expect(await commitIn(dirty, false)).toBe(REVISION);
  });
});

test.each([
  ['gitdir: /home/ann/todo/.git/worktrees/fix\n', /git worktree/],
  ['gitdir: C:/todo/.git/worktrees/fix\r\n', /git worktree/],
  ['gitdir: ../.git/modules/todo', /a submodule/],
  ['', /there is no \.git here/],
  [undefined, /there is no \.git here/],
])('%j', (pointer, message) => {
  expect(noRepository(pointer)).toMatch(message);
  expect(noRepository(pointer)).not.toMatch(/[\r\n]/);
});
