// What lets a user of an image check where it came from: its SBOM, how it was built, and a signature over both.
import { dag, Container, Directory, File, Secret } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { errorText, explain, PipelineFailure } from './failure.ts';
import type { ImageDefinition } from './reference.ts';
import { withRetry } from './retry.ts';
import { COSIGN, SYFT, TRIVY } from './versions.ts';

/** How to sign: with a key, or keyless by a GitHub job's identity; `signingFrom` in publish.ts says what is missing. */
export type Signing = (
  | { readonly kind: 'key'; readonly key: Secret; readonly password: Secret | undefined }
  | { readonly kind: 'keyless'; readonly requestUrl: Secret; readonly requestToken: Secret }
) & {
  /** Which certificate authority and log to use; undefined: Sigstore's public instance. */
  readonly config: File | undefined;
};

/** The SBOM of one image as SPDX JSON: Debian's packages and the npm packages inside the bundle. */
export function sbomOf(image: Container, name: string): File {
  return dag
    .container()
    .from(SYFT)
    .withMountedTemp('/tmp')
    .withEnvVariable('SYFT_CHECK_FOR_APP_UPDATE', 'false')
    .withMountedFile('/in/image.tar', image.asTarball())
    .withWorkdir('/out')
    .withExec(
      [
        'scan',
        'oci-archive:/in/image.tar',
        '--source-name',
        name,
        // the bundle carries the list of what is in it: dist/bundle.cdx.json
        '--select-catalogers',
        '+sbom-cataloger',
        '--output',
        `spdx-json=/out/${name}.spdx.json`,
      ],
      { useEntrypoint: true },
    )
    .file(`/out/${name}.spdx.json`);
}

/**
 * SBOMs of several images, one file each.
 * @throws PipelineFailure naming the image that could not be read.
 */
export async function sbomDirectory(
  images: readonly { definition: ImageDefinition; container: Container }[],
): Promise<Directory> {
  const files = await Promise.all(
    images.map(async ({ definition: { name }, container }) => ({
      name,
      file: await sbomOf(container, name)
        .sync()
        .catch((error: unknown) => {
          throw explain(`sbom ${name}`, error);
        }),
    })),
  );
  return files.reduce(
    (directory, { name, file }) => directory.withFile(`${name}.spdx.json`, file),
    dag.directory(),
  );
}

/**
 * Known vulnerabilities of one image, as text. Fails (exit code 1) when there is one of the severities that has a fix.
 * @param severities comma-separated: `HIGH,CRITICAL`.
 * @param day part of the cache key: the list of vulnerabilities changes while the image does not.
 */
function scanOf(image: Container, severities: string, day: string): Container {
  return dag
    .container()
    .from(TRIVY)
    .withMountedCache('/root/.cache/trivy', dag.cacheVolume('todo-trivy'))
    .withMountedFile('/in/image.tar', image.asTarball())
    .withEnvVariable('SCAN_DAY', day)
    .withExec(
      [
        'image',
        '--input',
        '/in/image.tar',
        '--scanners',
        'vuln,secret',
        '--severity',
        severities,
        '--ignore-unfixed',
        '--exit-code',
        '1',
        '--no-progress',
      ],
      { useEntrypoint: true },
    );
}

/** What is said about how an image was built: SLSA provenance 1.0, the predicate alone. */
export function provenance(options: {
  readonly source: string;
  readonly revision: string;
  readonly dockerfile: string;
  readonly platforms: readonly string[];
  readonly startedOn: string;
  readonly finishedOn: string;
  readonly builder: string;
}): string {
  return JSON.stringify({
    buildDefinition: {
      buildType: 'https://dagger.io/docker-build@v1',
      externalParameters: {
        source: options.source,
        revision: options.revision,
        dockerfile: options.dockerfile,
        platforms: options.platforms,
      },
      internalParameters: {},
      resolvedDependencies: [
        { uri: `git+${options.source}`, digest: { gitCommit: options.revision } },
      ],
    },
    runDetails: {
      builder: { id: options.builder },
      metadata: { startedOn: options.startedOn, finishedOn: options.finishedOn },
    },
  });
}

const SIGNING_CONFIG = '/in/signing-config.json';

/** cosign with the registry's login and the signer's material: mounted or in secret variables, never in arguments. */
function cosign(signing: Signing, auth: Secret, run: string): Container {
  const plain = dag
    .container()
    .from(COSIGN)
    .withUser('0')
    .withMountedTemp('/tmp')
    .withMountedSecret('/auth/config.json', auth)
    .withEnvVariable('DOCKER_CONFIG', '/auth')
    .withEnvVariable('PUBLISH_RUN', run);
  const base =
    signing.config === undefined ? plain : plain.withMountedFile(SIGNING_CONFIG, signing.config);
  if (signing.kind === 'keyless') {
    return base
      .withSecretVariable('ACTIONS_ID_TOKEN_REQUEST_URL', signing.requestUrl)
      .withSecretVariable('ACTIONS_ID_TOKEN_REQUEST_TOKEN', signing.requestToken);
  }
  const keyed = base.withSecretVariable('COSIGN_PRIVATE_KEY', signing.key);
  return signing.password === undefined
    ? keyed.withEnvVariable('COSIGN_PASSWORD', '')
    : keyed.withSecretVariable('COSIGN_PASSWORD', signing.password);
}

/**
 * Signs an index and everything in it, and attaches its provenance and each platform's SBOM.
 * @param repository without tag or digest.
 * @param run part of the cache key: a signature is an effect outside.
 */
export async function signAndAttest(options: {
  readonly signing: Signing;
  readonly auth: Secret;
  readonly run: string;
  readonly repository: string;
  readonly digest: string;
  readonly provenance: string;
  readonly sboms: readonly { readonly digest: string; readonly sbom: File }[];
}): Promise<void> {
  const signer = cosign(options.signing, options.auth, options.run);
  const how = [
    ...(options.signing.kind === 'key' ? ['--key', 'env://COSIGN_PRIVATE_KEY'] : []),
    ...(options.signing.config === undefined ? [] : ['--signing-config', SIGNING_CONFIG]),
  ];
  const index = `${options.repository}@${options.digest}`;
  const run = (container: Container, args: readonly string[]) =>
    withRetry(
      (attempt) =>
        container
          .withEnvVariable('ATTEMPT', String(attempt))
          .withExec([...args], { useEntrypoint: true })
          .sync(),
      errorText,
    );
  const attest = (predicate: Container, type: string, path: string, subject: string) =>
    run(predicate, ['attest', '--yes', ...how, '--type', type, '--predicate', path, subject]);
  await run(signer, ['sign', '--yes', '--recursive', ...how, index]);
  const provenance = '/in/provenance.json';
  await attest(
    signer.withNewFile(provenance, options.provenance),
    'slsaprovenance1',
    provenance,
    index,
  );
  for (const { digest, sbom } of options.sboms) {
    const path = '/in/sbom.json';
    const subject = `${options.repository}@${digest}`;
    await attest(signer.withMountedFile(path, sbom), 'spdxjson', path, subject);
  }
}

const SEVERITIES = ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/**
 * Severities as the scanner takes them, in capitals and without blanks.
 * @throws InvalidArguments naming each that is none
 */
export function severitiesOf(typed: string): string {
  const given = typed.split(',').map((one) => one.trim().toUpperCase());
  const wrong = given.filter((one) => !SEVERITIES.includes(one));
  if (wrong.length > 0)
    throw new InvalidArguments(
      'scan',
      wrong.map((one) => `--severity: "${one}" is none of ${SEVERITIES.join(', ')}`),
      'Nothing was done.',
    );
  return given.join(',');
}

const UPDATE =
  'Update the packages named above: the base image is rebuilt weekly, and npm update updates npm packages.';

/**
 * Scans images, one after the other.
 * @param severity comma-separated: LOW, MEDIUM, HIGH, CRITICAL
 * @returns what was found without failing, by image
 * @throws PipelineFailure with every image that has a finding
 */
export async function scanImages(
  images: readonly { definition: ImageDefinition; container: Container }[],
  severity: string,
): Promise<string> {
  const day = new Date().toISOString().slice(0, 10);
  const found: string[] = [];
  const failures: string[] = [];
  for (const { definition, container } of images) {
    try {
      found.push(`== ${definition.name}`, await scanOf(container, severity, day).stdout());
    } catch (error) {
      failures.push(explain(`scan ${definition.name}`, error).message);
    }
  }
  if (failures.length > 0) throw new PipelineFailure([...failures, UPDATE].join('\n\n'));
  return found.join('\n');
}
