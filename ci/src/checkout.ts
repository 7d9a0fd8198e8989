// The commit that is published: from the repository that was named, or from the checkout the call is made in. The engine's own
// default for a repository fails with "failed to compute cache key" where there is none, or only a worktree's pointer to one.
import type { Directory, GitRepository } from '@dagger.io/dagger';
import { ExistsType } from '@dagger.io/dagger';
import { refuse } from './arguments.ts';
import { errorText } from './failure.ts';

const CLONE = 'Run it in a clone, or give --repository=https://HOST/PATH.git';

/** A repository and the commit it is at. */
export interface Commit {
  readonly repository: GitRepository;
  /** Full SHA. */
  readonly revision: string;
}

/**
 * Finds the repository a call is about, and its commit.
 * @param repository what the caller named, if anything
 * @param checkout the folder the call is made in, with its .git
 * @param clean whether it must hold nothing uncommitted: a commit's tag on something else would be a lie for ever
 * @returns a check that gives them, or throws InvalidArguments saying what to give instead
 */
export async function checkCommit(
  repository: GitRepository | undefined,
  checkout: Directory | undefined,
  clean: boolean,
): Promise<() => Commit> {
  const found = repository ?? (await repositoryIn(checkout));
  const problem = (text: string) => () => refuse(text);
  if (typeof found === 'string') return problem(`--repository is missing: ${found}. ${CLONE}`);
  let commit: Commit;
  try {
    commit = { repository: found, revision: await found.head().commit() };
  } catch (error) {
    return problem(`--repository: ${withoutCommit(errorText(error))}`);
  }
  if (clean && !(await found.uncommitted().isEmpty()))
    return problem(
      '--repository: the work tree has uncommitted changes: images are tagged with the commit they are made from, so commit first',
    );
  return () => commit;
}

/** The repository in a folder, or why there is none. */
async function repositoryIn(checkout: Directory | undefined): Promise<GitRepository | string> {
  if (checkout === undefined) return 'the engine got no checkout';
  if (await checkout.exists('.git', { expectedType: ExistsType.DirectoryType }))
    return checkout.asGit();
  const pointer = await checkout
    .file('.git')
    .contents()
    .catch(() => undefined);
  return noRepository(pointer);
}

/**
 * Why a folder without a .git folder has no commit.
 * @param pointer what is in its .git file, if it has one
 */
export function noRepository(pointer: string | undefined): string {
  const target = /^gitdir:\s*(.+)$/m.exec(pointer ?? '')?.[1]?.trim();
  if (target === undefined)
    return 'there is no .git here, as in an archive or a copy without history, so the commit is unknown';
  const kind = /\/modules\//.test(target) ? 'a submodule' : 'a git worktree';
  return `this is ${kind}: its .git points to ${target}, which the engine does not get. Make a clone of it (git clone . ../todo-clone)`;
}

function withoutCommit(text: string): string {
  if (
    /reference not found|unknown revision|bad revision|ambiguous argument|does not have any commits/i.test(
      text,
    )
  )
    return 'it has no commit yet: commit first';
  return `its commit can't be read: ${text.split('\n', 1)[0] ?? ''}`;
}
