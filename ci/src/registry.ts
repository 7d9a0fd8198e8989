// Where images go: the address and the login, worked out before anything is built. What is missing or wrong is said all
// at once, with the shape that is expected, because a registry only answers 'denied'.
import { InvalidArguments } from './arguments.ts';

/** The kinds of registry `publish` knows. */
export type RegistryKind = 'ocir' | 'ghcr' | 'other';

/** What a caller gave, before it is checked. Nothing here is a secret: the token's presence is a boolean. */
export interface RegistryRequest {
  readonly kind: RegistryKind;
  /** Host and path of any other registry, `registry.example.com/team`. */
  readonly address?: string | undefined;
  /** OCI region, by key (`fra`) or name (`eu-frankfurt-1`). */
  readonly region?: string | undefined;
  /** OCIR: the tenancy's object storage namespace. GHCR: the owner. */
  readonly namespace?: string | undefined;
  readonly username?: string | undefined;
  readonly hasToken: boolean;
  /** Path between the namespace and the image's name; default `todo`. */
  readonly prefix?: string | undefined;
}

/** A checked registry: `<repository>/<image>` is an image's repository. */
export interface RegistryTarget {
  readonly kind: RegistryKind;
  /** `fra.ocir.io`; with its port if it has one. */
  readonly host: string;
  /** `fra.ocir.io/mytenancy/todo`, lower case, no slash at the end. */
  readonly repository: string;
  readonly username: string;
}

/** The function's names on the command line, so that a message can name the flag to give. */
const FLAG = {
  address: '--address',
  region: '--region',
  namespace: '--namespace',
  username: '--username',
  token: '--token',
  prefix: '--prefix',
} as const;

/** Keys of Oracle's commercial regions. A newer region works too: by name OCIR also answers at `ocir.<name>.oci.oraclecloud.com`. */
const OCI_REGION_KEYS: Readonly<Record<string, string>> = {
  'af-johannesburg-1': 'jnb',
  'ap-chuncheon-1': 'yny',
  'ap-hyderabad-1': 'hyd',
  'ap-melbourne-1': 'mel',
  'ap-mumbai-1': 'bom',
  'ap-osaka-1': 'kix',
  'ap-seoul-1': 'icn',
  'ap-singapore-1': 'sin',
  'ap-sydney-1': 'syd',
  'ap-tokyo-1': 'nrt',
  'ca-montreal-1': 'yul',
  'ca-toronto-1': 'yyz',
  'eu-amsterdam-1': 'ams',
  'eu-frankfurt-1': 'fra',
  'eu-madrid-1': 'mad',
  'eu-marseille-1': 'mrs',
  'eu-milan-1': 'lin',
  'eu-paris-1': 'cdg',
  'eu-stockholm-1': 'arn',
  'eu-zurich-1': 'zrh',
  'il-jerusalem-1': 'mtz',
  'me-abudhabi-1': 'auh',
  'me-dubai-1': 'dxb',
  'me-jeddah-1': 'jed',
  'mx-monterrey-1': 'mty',
  'mx-queretaro-1': 'qro',
  'sa-bogota-1': 'bog',
  'sa-santiago-1': 'scl',
  'sa-saopaulo-1': 'gru',
  'sa-valparaiso-1': 'vap',
  'sa-vinhedo-1': 'vcp',
  'uk-cardiff-1': 'cwl',
  'uk-london-1': 'lhr',
  'us-ashburn-1': 'iad',
  'us-chicago-1': 'ord',
  'us-phoenix-1': 'phx',
  'us-sanjose-1': 'sjc',
};
/** Docker Hub as references name it; its other names lead to the same images. */
const DOCKER_HUB = 'docker.io';
const DOCKER_HUB_NAMES = [
  DOCKER_HUB,
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
];
/** What Docker Hub's login is filed under, for historical reasons; docker, crane, cosign, helm and skopeo all look there. */
const DOCKER_HUB_LOGIN = 'https://index.docker.io/v1/';
const OCI_REGION_NAME = /^[a-z]{2,3}-[a-z]+-\d+$/;
const OCI_REGION_KEY = /^[a-z]{3}$/;
const HOST =
  /^(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/;
const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/**
 * Checks a registry request and works out its address.
 * OCIR's user forms: `<namespace>/<user>`, `<namespace>/oracleidentitycloudservice/<user>` or `<namespace>/<domain>/<user>`;
 * `BEARER_TOKEN` is used alone, for a session token in place of an auth token.
 * @param request what the caller gave.
 * @param login `false` where nothing is pushed or read, as in a dry run without credentials.
 * @throws InvalidArguments listing everything missing or wrong.
 */
export function resolveRegistry(request: RegistryRequest, login = true): RegistryTarget {
  const problems: string[] = [];
  const prefix = trimSlashes(request.prefix ?? 'todo').toLowerCase();
  for (const part of prefix === '' ? [] : prefix.split('/')) {
    if (!PATH_PART.test(part))
      problems.push(
        `${FLAG.prefix}: "${part}" is not valid in an image name: use a-z, 0-9 and single . _ -`,
      );
  }
  const base = {
    ocir: () => ocirBase(request, problems),
    ghcr: () => ghcrBase(request, problems),
    other: () => otherBase(request, problems),
  }[request.kind]();
  const username = request.username?.trim() ?? '';
  if (login) {
    if (request.kind === 'ocir') checkOcirUser(username, request.namespace, problems);
    else if (username === '')
      problems.push(
        `${FLAG.username} is missing: the user who logs in to ${base.host || 'the registry'}`,
      );
    if (!request.hasToken) problems.push(`${FLAG.token} is missing: ${tokenHint(request.kind)}`);
  }
  if (base.host === DOCKER_HUB) checkDockerHub(base.path, prefix, problems);
  if (problems.length > 0) {
    throw new InvalidArguments(
      `registry ${request.kind}`,
      problems,
      'Pass them as flags, or set them once in .env next to dagger.json (PUBLISH_REGION=…, see ci/README.md). A token is a secret: --token=env://NAME or --token=file://PATH.',
    );
  }
  const repository = [base.host, base.path, prefix].filter((part) => part !== '').join('/');
  return { kind: request.kind, host: base.host, repository, username };
}

function ocirBase(request: RegistryRequest, problems: string[]): { host: string; path: string } {
  const region = request.region?.trim().toLowerCase() ?? '';
  const namespace = request.namespace?.trim().toLowerCase() ?? '';
  let host = '';
  if (region === '')
    problems.push(
      `${FLAG.region} is missing: the OCI region's key or name, such as fra or eu-frankfurt-1`,
    );
  else if (OCI_REGION_KEY.test(region)) host = `${region}.ocir.io`;
  else if (OCI_REGION_KEYS[region] !== undefined) host = `${OCI_REGION_KEYS[region]}.ocir.io`;
  else if (OCI_REGION_NAME.test(region)) host = `ocir.${region}.oci.oraclecloud.com`;
  else
    problems.push(
      `${FLAG.region}: "${region}" is not an OCI region: expected a key such as fra or a name such as eu-frankfurt-1`,
    );
  if (namespace === '') {
    problems.push(
      `${FLAG.namespace} is missing: the tenancy's object storage namespace (oci os ns get), not the tenancy's name`,
    );
  } else if (!PATH_PART.test(namespace)) {
    problems.push(
      `${FLAG.namespace}: "${namespace}" is not a valid namespace: expected letters and digits, such as axq5k2v8lmno`,
    );
  }
  return { host, path: namespace };
}

function checkOcirUser(username: string, namespace: string | undefined, problems: string[]): void {
  const first = namespace?.trim() || '<namespace>';
  const expected = `expected ${first}/<user>, or ${first}/oracleidentitycloudservice/<user>, or ${first}/<domain>/<user>`;
  if (username === '') {
    problems.push(`${FLAG.username} is missing: ${expected}`);
    return;
  }
  if (username === 'BEARER_TOKEN') return;
  const parts = username.split('/');
  if (parts.length < 2 || parts.length > 3 || parts.some((part) => part.trim() === '')) {
    problems.push(`${FLAG.username}: "${username}" lacks its namespace: ${expected}`);
    return;
  }
  const given = namespace?.trim() ?? '';
  if (given !== '' && parts[0]?.toLowerCase() !== given.toLowerCase()) {
    problems.push(
      `${FLAG.username}: starts with "${parts[0] ?? ''}", but the namespace is "${given}": ${expected}`,
    );
  }
}

function ghcrBase(request: RegistryRequest, problems: string[]): { host: string; path: string } {
  const owner = request.namespace?.trim().toLowerCase() ?? '';
  if (owner === '')
    problems.push(
      `${FLAG.namespace} is missing: the GitHub user or organisation that owns the images`,
    );
  else if (!PATH_PART.test(owner))
    problems.push(`${FLAG.namespace}: "${owner}" is not a GitHub user or organisation`);
  return { host: 'ghcr.io', path: owner };
}

function otherBase(request: RegistryRequest, problems: string[]): { host: string; path: string } {
  const address = trimSlashes(
    request.address?.trim().replace(/^https?:\/\//, '') ?? '',
  ).toLowerCase();
  if (address === '') {
    problems.push(
      `${FLAG.address} is missing: the registry's host and path, such as registry.example.com/team`,
    );
    return { host: '', path: '' };
  }
  const [typed = '', ...parts] = address.split('/');
  const hub = DOCKER_HUB_NAMES.includes(typed);
  const host = hub ? DOCKER_HUB : typed;
  // as logins are written: https://index.docker.io/v1/
  const path = hub && /^v[12]$/.test(parts[0] ?? '') ? parts.slice(1) : parts;
  if (!HOST.test(host) || !(host.includes('.') || host.includes(':') || host === 'localhost')) {
    problems.push(
      `${FLAG.address}: "${host}" is not a registry host: expected a name with a dot or a port, such as registry.example.com`,
    );
  }
  for (const part of path) {
    if (!PATH_PART.test(part))
      problems.push(`${FLAG.address}: "${part}" is not valid in an image name`);
  }
  return { host, path: path.join('/') };
}

/** Docker Hub has names of two parts, user or organisation and image; a registry of one's own may have more. */
function checkDockerHub(path: string, prefix: string, problems: string[]): void {
  const parts = [path, prefix]
    .filter((part) => part !== '')
    .join('/')
    .split('/');
  if (path === '') {
    problems.push(
      `${FLAG.address}: give the user or organisation too, such as ${DOCKER_HUB}/ann with --prefix=""`,
    );
  } else if (parts.length > 1) {
    const flag = prefix === '' ? FLAG.address : FLAG.prefix;
    const first = path.split('/')[0] ?? '';
    problems.push(
      `${flag}: Docker Hub's names have two parts, so ${DOCKER_HUB}/${parts.join('/')}/backend is impossible there: --address=${DOCKER_HUB}/${first} --prefix="" gives ${DOCKER_HUB}/${first}/backend`,
    );
  }
}

function tokenHint(kind: RegistryKind): string {
  if (kind === 'ocir')
    return 'an auth token of that user (not an API key), such as --token=env://OCIR_TOKEN';
  if (kind === 'ghcr') return 'a token with write:packages, such as --token=env://GITHUB_TOKEN';
  return 'the password or token, such as --token=env://REGISTRY_TOKEN';
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}

/**
 * The docker configuration file that crane, cosign and helm read their login from: a mounted file, since a login command
 * leaves it in a layer.
 * @param host the registry's host.
 */
export function dockerConfig(host: string, username: string, token: string): string {
  const key = DOCKER_HUB_NAMES.includes(host.toLowerCase()) ? DOCKER_HUB_LOGIN : host;
  return JSON.stringify({
    // a token read from a file may end with a line
    auths: { [key]: { auth: Buffer.from(`${username}:${token.trim()}`).toString('base64') } },
  });
}
