// Whether images are what publish signed: asked of the registry before a deploy touches its cluster.
import { dag } from '@dagger.io/dagger';
import type { Container, File, Secret } from '@dagger.io/dagger';
import { refuse } from './arguments.ts';
import { errorText, isCommandError, PipelineFailure } from './failure.ts';
import { parseReference } from './reference.ts';
import type { PublishedImage } from './reference.ts';
import { dockerConfig } from './registry.ts';
import { retryDelay, withRetry } from './retry.ts';
import { checkSecrets } from './secrets.ts';
import { COSIGN } from './versions.ts';

/** How to verify. */
export interface Verification {
  /** The public half of the key that publish signed with. */
  readonly key: File;
  /** A login that may read the images; none where anybody may. */
  readonly username?: string | undefined;
  readonly token?: Secret | undefined;
  /** Signed with a signing config that has no log. */
  readonly withoutLog: boolean;
}

/** How to verify images, as the functions take it. */
export interface VerifyArguments {
  readonly key?: File | undefined;
  readonly username?: string | undefined;
  readonly token?: Secret | undefined;
  readonly withoutLog: boolean;
}

/** @returns a check that throws InvalidArguments for half a login, or one without a key that it is for */
export async function checkVerification(given: VerifyArguments | undefined): Promise<() => void> {
  const token = await checkSecrets({ '--verify-token': given?.token });
  return () => {
    const { key, username, token: login, withoutLog = false } = given ?? {};
    const problems = [
      ...((username === undefined) === (login === undefined)
        ? []
        : [
            `${username === undefined ? '--verify-username' : '--verify-token'} is missing: a login needs both`,
          ]),
      ...(key === undefined && (username !== undefined || withoutLog)
        ? [
            '--verify-key is missing: the public key that images are signed with, such as cosign.pub',
          ]
        : []),
    ];
    if (problems.length > 0) refuse(...problems);
    token();
  };
}

const KEY = '/in/cosign.pub';

/**
 * Verifies each image's signature and provenance.
 * @param run part of the cache key: what a registry holds changes while the question does not
 * @throws PipelineFailure naming every image that is not signed, and why
 */
export async function verifyImages(
  images: readonly PublishedImage[],
  how: Verification,
  run: string,
): Promise<void> {
  const verifier = await cosign(images, how, run);
  const problems: string[] = [];
  for (const image of images) {
    const { repository } = parseReference(image.reference);
    // the digest alone: a tag may move between this and the deploy
    const subject = `${repository}@${image.digest}`;
    for (const [what, args] of questions(how, subject)) {
      const reason = await whyNot(verifier, args);
      if (reason !== undefined) problems.push(`  - ${image.name}: ${what}: ${reason}`);
    }
  }
  if (problems.length === 0) return;
  throw new PipelineFailure(
    [
      'deploy failed: --verify-key does not verify every image. Nothing was changed.',
      ...problems,
      'Publish them with that key (publish --signing-key), or give the key they are signed with.',
    ].join('\n'),
  );
}

function questions(how: Verification, subject: string): [string, string[]][] {
  const common = ['--key', KEY, ...(how.withoutLog ? ['--insecure-ignore-tlog=true'] : [])];
  return [
    ['signature', ['verify', ...common, subject]],
    ['provenance', ['verify-attestation', ...common, '--type', 'slsaprovenance1', subject]],
  ];
}

/** Why a question is answered with no; undefined for a yes. */
async function whyNot(verifier: Container, args: readonly string[]): Promise<string | undefined> {
  try {
    await withRetry(
      (attempt) =>
        verifier
          .withEnvVariable('ATTEMPT', String(attempt))
          .withExec([...args], { useEntrypoint: true })
          .sync(),
      errorText,
    );
    return undefined;
  } catch (error) {
    const text = isCommandError(error) ? error.stderr : errorText(error);
    return verdict(text);
  }
}

/** What cosign's last line means, in one line. */
export function verdict(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const last =
    lines.findLast((line) => line.trim() !== '')?.replace(/^(?:Error|error):\s*/, '') ?? '';
  if (/no (?:matching )?(?:signatures|attestations)|no signatures found/i.test(stderr)) {
    return /invalid signature|failed to verify|mismatch|none of the expected/i.test(stderr)
      ? `signed with another key (${last})`
      : `none found (${last})`;
  }
  if (/\b40[13]\b|unauthorized|denied/i.test(stderr))
    return `the registry refused to show it: give --verify-username and --verify-token (${last})`;
  if (retryDelay(stderr, 1) !== undefined) return `the registry did not answer (${last})`;
  return last;
}

async function cosign(
  images: readonly PublishedImage[],
  how: Verification,
  run: string,
): Promise<Container> {
  const base = dag
    .container()
    .from(COSIGN)
    .withUser('0')
    .withMountedTemp('/tmp')
    .withMountedFile(KEY, how.key)
    .withEnvVariable('CALL', `${run}-verify`);
  if (how.username === undefined || how.token === undefined) return base;
  const host = images[0]?.reference.split('/')[0] ?? '';
  const auth = dag.setSecret(
    `verify-login-${run}`,
    dockerConfig(host, how.username, await how.token.plaintext()),
  );
  return base
    .withMountedSecret('/auth/config.json', auth)
    .withEnvVariable('DOCKER_CONFIG', '/auth');
}
