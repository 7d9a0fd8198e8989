// Whether a registry takes the login, before anything long begins: a refused one is called so, and is not mistaken for an image
// that is not there.
import { dag } from '@dagger.io/dagger';
import type { Directory } from '@dagger.io/dagger';
import { errorText, PipelineFailure } from './failure.ts';
import type { OpenRegistry } from './open-registry.ts';
import type { PushAccess } from './push-access.ts';
import type { RegistryKind } from './registry.ts';
import { NODE } from './versions.ts';

/** What a registry's answer to a question about an image means. */
export type Answer = 'absent' | 'refused' | 'unclear';

/** How registries say no to a login, and how they say that there is no such thing. Both together, as Docker Hub has it, is a no. */
const REFUSED =
  /\b40[13]\b|unauthorized|forbidden|denied|anonymous users|authentication required|incorrect username/i;
const ABSENT =
  /\b404\b|manifest[ _]unknown|name[ _]unknown|NOT_FOUND|(?:manifest|repository|image|name).{0,80}not (?:found|known)/i;

/** Reads what crane says of an image that it could not get. */
export function answerOf(text: string): Answer {
  // a digest or a port may hold these numbers: only words that stand alone count
  const words = text.replace(/sha256:[0-9a-f]+/g, '').replace(/:\d+(?=\/)/g, '');
  if (REFUSED.test(words)) return 'refused';
  return ABSENT.test(words) ? 'absent' : 'unclear';
}

/** What to do about a refused login, by the kind of registry. */
export function loginHint(kind: RegistryKind): string {
  switch (kind) {
    case 'ocir':
      return 'OCIR: --username is <namespace>/<user> (an identity-domain user <namespace>/oracleidentitycloudservice/<user>), --token an auth token of that user, not an API key; the tenancy needs a policy to manage repos. Not retried.';
    case 'ghcr':
      return 'GHCR: --token needs write:packages (read:packages to read) and, for an organisation, its single sign-on; in a GitHub job, permissions: packages: write. Not retried.';
    case 'other':
      return 'Check --username and --token with the registry: docker login takes the same two. Not retried.';
  }
}

/** A refused login, in words. */
export function loginRefused(
  what: string,
  registry: Pick<OpenRegistry, 'target'>,
  detail: string,
): PipelineFailure {
  const { host, username, kind } = registry.target;
  return new PipelineFailure(
    [`${what} failed: ${host} refused the login of ${username} (${detail}).`, loginHint(kind)].join(
      '\n',
    ),
  );
}

/**
 * Proves that the login may push, by beginning an upload to each repository and ending it.
 * @returns whether every one was granted; false where the registry gave no clear answer
 * @throws PipelineFailure when it is refused
 */
export async function proveLogin(
  what: string,
  registry: OpenRegistry,
  source: Directory,
  repositories: readonly string[],
): Promise<boolean> {
  const program = '/in/push-access.ts';
  const said = await dag
    .container()
    .from(NODE)
    .withFile(program, source.file('ci/src/push-access.ts'))
    .withMountedSecret('/auth/config.json', registry.auth)
    .withEnvVariable('CALL', `${registry.run}-login`)
    .withExec(['node', program, '/auth/config.json', ...repositories])
    .stdout()
    .catch((error: unknown) => errorText(error));
  const answers = pushAnswers(said);
  const refused = answers.find(({ access }) => access === 'refused');
  if (refused !== undefined)
    throw loginRefused(what, registry, `${refused.detail}: it may not push ${refused.repository}`);
  return (
    answers.length === repositories.length && answers.every(({ access }) => access === 'granted')
  );
}

/** The program's lines; whatever else it printed says nothing. */
function pushAnswers(text: string): PushAccess[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value = JSON.parse(line) as Partial<PushAccess> | null;
      return typeof value?.access === 'string' ? [value as PushAccess] : [];
    } catch {
      return [];
    }
  });
}
