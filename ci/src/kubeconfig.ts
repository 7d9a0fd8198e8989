// Whether a kubeconfig can work in a container that nobody sits at: no prompt, no program that is not there. Looked at
// before anything is built, since a kubeconfig that calls `oci` without a key waits for input for ever.
import { lookup } from 'node:dns/promises';
import { InvalidArguments } from './arguments.ts';
import { isThisMachine, unreachableAddress } from './this-machine.ts';

/** How a deploy will log in to the cluster. */
export type ClusterLogin =
  /** A token or a client certificate is in the kubeconfig. */
  | 'static'
  /** `oci ce cluster generate-token`: needs the OCI configuration and key. */
  | 'oci'
  /** GitHub's OIDC token, requested again whenever it expires. */
  | 'github-oidc';

/** What else the caller gave. */
export interface LoginMaterial {
  readonly ociConfig: boolean;
  readonly ociKey: boolean;
  readonly oidcRequest: boolean;
}

interface KubeUser {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly exec?: {
    readonly command?: string;
    readonly args?: readonly string[] | null;
    readonly env?: readonly { readonly name?: string; readonly value?: string }[] | null;
  };
  readonly 'auth-provider'?: unknown;
}

interface KubeCluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'proxy-url'?: string;
}

interface KubeconfigView {
  readonly 'current-context'?: string;
  readonly contexts?:
    | readonly {
        readonly name?: string;
        readonly context?: { readonly user?: string; readonly cluster?: string };
      }[]
    | null;
  readonly users?: readonly { readonly name?: string; readonly user?: KubeUser }[] | null;
  readonly clusters?: readonly { readonly name?: string; readonly cluster?: KubeCluster }[] | null;
}

/** What one context is made of. */
interface Chosen {
  readonly name: string;
  readonly known: boolean;
  readonly cluster?: KubeCluster | undefined;
  readonly user?: KubeUser | undefined;
}

function choose(view: string, context: string | undefined): Chosen {
  const config = JSON.parse(view) as KubeconfigView;
  const name = context ?? config['current-context'] ?? '';
  const chosen = config.contexts?.find((candidate) => candidate.name === name)?.context;
  return {
    name,
    known: chosen !== undefined,
    cluster: config.clusters?.find((one) => one.name === chosen?.cluster)?.cluster,
    user: config.users?.find((one) => one.name === chosen?.user)?.user,
  };
}

/**
 * Checks a kubeconfig and says how it logs in.
 * @param view what `kubectl config view --output=json` prints: without its secrets.
 * @param context the context to use; the current one if not given.
 * @param addresses what the server's name resolves to, where that is known.
 * @throws InvalidArguments listing everything that would make it fail or wait in a container.
 */
export function checkKubeconfig(
  view: string,
  material: LoginMaterial,
  context?: string,
  addresses: readonly string[] = [],
): ClusterLogin {
  const problems: string[] = [];
  const { name, known, cluster, user } = choose(view, context);
  let login: ClusterLogin = 'static';
  if (name === '')
    problems.push(
      '--kubeconfig: no current context: give --context, or kubectl config use-context NAME',
    );
  else if (!known)
    problems.push(
      context === undefined
        ? `--kubeconfig: its current context "${name}" does not exist`
        : `--context: the kubeconfig has no context "${name}"`,
    );
  else {
    checkCluster(name, cluster, addresses, problems);
    if (user === undefined) problems.push(`--kubeconfig: context "${name}" has no user`);
    else login = checkUser(user, material, problems);
  }
  if (problems.length > 0) {
    throw new InvalidArguments(
      '--kubeconfig',
      problems,
      'See "deploy" in ci/README.md for what a kubeconfig needs in a container.',
    );
  }
  return login;
}

/**
 * Where a kubeconfig's login program is on the caller's machine, when it is named by a path: it is put there in the container.
 */
export function programPath(view: string, context?: string): string | undefined {
  const command = choose(view, context).user?.exec?.command;
  return command?.startsWith('/') === true ? command : undefined;
}

/** The addresses of a context's server, by DNS; none where there is no answer: whether it can be reached only a try shows. */
export async function addressesOf(view: string, context?: string): Promise<string[]> {
  const server = choose(view, context).cluster?.server ?? '';
  if (!URL.canParse(server)) return [];
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '');
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function checkCluster(
  context: string,
  cluster: KubeCluster | undefined,
  addresses: readonly string[],
  problems: string[],
): void {
  const server = cluster?.server;
  if (server === undefined || server === '') {
    problems.push(`--kubeconfig: context "${context}" has no cluster with a server`);
    return;
  }
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    problems.push(`--kubeconfig: the cluster's server is ${server}: expected https://host:port`);
    return;
  }
  const here = isThisMachine(url.hostname) ?? addresses.map(unreachableAddress).find(Boolean);
  if (here !== undefined) {
    problems.push(
      `--kubeconfig: the cluster's server is ${server}: ${here}; use a network address, or run npm run deploy`,
    );
  }
  if (url.protocol === 'http:') {
    problems.push(
      `--kubeconfig: the cluster's server is ${server}: expected https://, because without TLS a token would be sent unencrypted`,
    );
  }
  const proxy = cluster?.['proxy-url'] ?? '';
  const proxyHere = URL.canParse(proxy) ? isThisMachine(new URL(proxy).hostname) : undefined;
  if (proxyHere !== undefined)
    problems.push(`--kubeconfig: its proxy-url is ${proxy}: ${proxyHere}`);
  if (cluster?.['certificate-authority'] !== undefined)
    problems.push(pointsTo('certificate-authority', cluster['certificate-authority']));
}

function pointsTo(key: string, path: string): string {
  return `--kubeconfig: ${key} points to ${path}, which does not exist in the container: embed the file's content with kubectl config view --raw --flatten`;
}

function checkUser(user: KubeUser, material: LoginMaterial, problems: string[]): ClusterLogin {
  for (const key of ['tokenFile', 'client-certificate', 'client-key'] as const) {
    const path = user[key];
    if (path !== undefined) problems.push(pointsTo(key, path));
  }
  if (user.exec !== undefined) return checkProgram(user.exec, material, problems);
  if (user['auth-provider'] !== undefined)
    problems.push(
      '--kubeconfig: it uses auth-provider, which kubectl no longer supports: use a token',
    );
  else if (user.token === undefined && user['client-certificate-data'] === undefined) {
    if (user.tokenFile === undefined && user['client-certificate'] === undefined)
      problems.push(
        '--kubeconfig: it has neither a token nor a client certificate: add one of them',
      );
  }
  return 'static';
}
function checkProgram(
  exec: NonNullable<KubeUser['exec']>,
  material: LoginMaterial,
  problems: string[],
): ClusterLogin {
  const command = exec.command?.split('/').at(-1) ?? '';
  const given = [
    ...(exec.args ?? []),
    ...(exec.env ?? []).map(({ value }) => value ?? ''),
    ...(exec.command?.startsWith('/') === false && exec.command.includes('/')
      ? [exec.command]
      : []),
  ];
  for (const path of given.filter((text) => /(?:^|=)(?:\/|~|\.\.?\/|[A-Za-z]:\\)/.test(text)))
    problems.push(
      `--kubeconfig: its login program refers to ${path}, which does not exist in the container: use a token`,
    );
  if (command === 'oci') {
    if (!material.ociConfig)
      problems.push(
        '--oci-config is missing: the kubeconfig calls oci, which needs its configuration (~/.oci/config) as a secret',
      );
    if (!material.ociKey)
      problems.push(
        '--oci-key is missing: the kubeconfig calls oci, which needs the API key that its configuration names',
      );
    return 'oci';
  }
  if (command === 'github-oidc') {
    if (!material.oidcRequest) {
      problems.push(
        '--oidc-request-url and --oidc-request-token are missing: the kubeconfig asks GitHub for a token (permissions: id-token: write)',
      );
    }
    return 'github-oidc';
  }
  problems.push(
    `--kubeconfig: it calls "${command}", which does not exist in the container: use a token, oci or github-oidc`,
  );
  return 'static';
}

/**
 * The program behind `command: github-oidc`: asks GitHub for a token with the cluster's audience and prints it as kubectl
 * wants it. Asked again by kubectl and helm whenever it runs out, since it lives for minutes only.
 */
export const GITHUB_OIDC_PROGRAM = `#!/usr/local/bin/node
const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = process.env;
const audience = process.argv[2] ?? 'todo-cluster';
const answer = await fetch(url + '&audience=' + encodeURIComponent(audience), {
  headers: { authorization: 'Bearer ' + token },
  signal: AbortSignal.timeout(20_000),
});
if (!answer.ok) {
  console.error('github-oidc: GitHub answered ' + answer.status + ': is id-token: write among the job\\'s permissions?');
  process.exit(1);
}
const { value } = await answer.json();
const { exp } = JSON.parse(Buffer.from(value.split('.')[1], 'base64url').toString());
console.log(JSON.stringify({
  apiVersion: 'client.authentication.k8s.io/v1',
  kind: 'ExecCredential',
  status: { token: value, expirationTimestamp: new Date(exp * 1000 - 30_000).toISOString() },
}));
`;
