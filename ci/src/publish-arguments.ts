// What a publish is asked for: where images go, who logs in, how they are signed; checked before anything long begins.
import type { Directory, File, GitRepository, Secret } from '@dagger.io/dagger';
import { checkAll, InvalidArguments } from './arguments.ts';
import { checkCommit } from './checkout.ts';
import type { Commit } from './checkout.ts';
import type { BuildInput } from './images.ts';
import { extraTags } from './reference.ts';
import { resolveRegistry } from './registry.ts';
import type { RegistryKind, RegistryTarget } from './registry.ts';
import { checkSecrets } from './secrets.ts';
import type { Signing } from './supply-chain.ts';

/** Where images go and who logs in, as the functions take it. */
export interface RegistryArguments {
  readonly registry: RegistryKind;
  readonly address?: string | undefined;
  readonly region?: string | undefined;
  readonly namespace?: string | undefined;
  readonly username?: string | undefined;
  readonly token?: Secret | undefined;
  readonly prefix?: string | undefined;
}

/** How to sign, as the functions take it. */
export interface SigningArguments {
  readonly signingKey?: Secret | undefined;
  readonly signingPassword?: Secret | undefined;
  readonly signingConfig?: File | undefined;
  readonly oidcRequestUrl?: Secret | undefined;
  readonly oidcRequestToken?: Secret | undefined;
  readonly unsigned: boolean;
}

/** Everything `publish` takes. */
export interface PublishArguments extends RegistryArguments, SigningArguments, BuildInput {
  /** What the caller named; else that of the checkout. */
  readonly repository: GitRepository | undefined;
  readonly checkout: Directory | undefined;
  readonly tag: readonly string[];
  readonly dryRun: boolean;
}

/** What a publish was asked for, checked. */
interface CheckedPublish {
  readonly commit: Commit;
  readonly target: RegistryTarget;
  readonly signing: Signing | undefined;
  readonly tags: readonly string[];
}

/**
 * Looks at everything that a publish needs, before anything long begins.
 * @throws InvalidArguments with everything that is missing or wrong
 */
export async function checkPublish(options: PublishArguments): Promise<CheckedPublish> {
  return checkAll('publish', await publishChecks(options));
}

/** The checks behind {@link checkPublish}, for a call that has more to check. */
export async function publishChecks(options: PublishArguments) {
  return {
    target: () => registryTarget(options, !options.dryRun),
    signing: () => signingFrom(options, options.dryRun),
    tags: () => extraTags(options.tag),
    commit: await checkCommit(options.repository, options.checkout, true),
    publishSecrets: await checkPublishSecrets(options),
  };
}

/** The secrets of a publish, read once: names each one that cannot be read. */
export async function checkPublishSecrets(
  options: Pick<PublishArguments, 'token'> & Partial<SigningArguments>,
): Promise<() => void> {
  return await checkSecrets(
    {
      '--token': options.token,
      '--signing-key': options.signingKey,
      '--signing-password': options.signingPassword,
      '--oidc-request-url': options.oidcRequestUrl,
      '--oidc-request-token': options.oidcRequestToken,
    },
    ['--signing-password'],
  );
}

/** Checks the registry's arguments. */
export function registryTarget(options: RegistryArguments, login: boolean): RegistryTarget {
  return resolveRegistry(
    { ...options, kind: options.registry, hasToken: options.token !== undefined },
    login,
  );
}

/**
 * Checks how to sign.
 * @returns undefined for unsigned images.
 * @throws InvalidArguments when neither a key nor an identity is given, or half of one, and `--unsigned` isn't either.
 */
export function signingFrom(options: SigningArguments, dryRun: boolean): Signing | undefined {
  const { signingKey, signingPassword, signingConfig, oidcRequestUrl, oidcRequestToken } = options;
  const next = 'See ci/README.md, "Signatures".';
  if (options.unsigned) return undefined;
  if (signingKey !== undefined)
    return { kind: 'key', key: signingKey, password: signingPassword, config: signingConfig };
  if (oidcRequestUrl !== undefined && oidcRequestToken !== undefined) {
    return {
      ...{ kind: 'keyless', requestUrl: oidcRequestUrl, requestToken: oidcRequestToken },
      config: signingConfig,
    };
  }
  if (dryRun) return undefined;
  if (oidcRequestUrl !== undefined || oidcRequestToken !== undefined) {
    const absent = oidcRequestUrl === undefined ? '--oidc-request-url' : '--oidc-request-token';
    throw new InvalidArguments(
      'signing',
      [`${absent} is missing: keyless signing needs both`],
      next,
    );
  }
  throw new InvalidArguments(
    'signing',
    [
      '--signing-key (a cosign key), or --oidc-request-url and --oidc-request-token (keyless, in GitHub Actions), or --unsigned',
    ],
    next,
  );
}
