// Whether a kubeconfig can work in a container that nobody sits at: no prompt, no program that is not there. Looked at
// before anything is built, since a kubeconfig that calls `oci` without a key waits for input for ever.
import { InvalidArguments } from './arguments.ts';

/** How the release plan will log in to the cluster. */
export type ClusterLogin =
  /** A token or a client certificate stands in the kubeconfig. */
  | 'static'
  /** `oci ce cluster generate-token`: needs the OCI configuration and key. */
  | 'oci'
  /** GitHub's OIDC token, asked for anew whenever it runs out. */
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
  readonly 'client-key-data'?: string;
  readonly exec?: { readonly command?: string; readonly interactiveMode?: string };
  readonly 'auth-provider'?: unknown;
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
  readonly clusters?:
    readonly { readonly name?: string; readonly cluster?: { readonly server?: string } }[] | null;
}

/**
 * Checks a kubeconfig and says how it logs in.
 * @param view what `kubectl config view --output=json` prints: without its secrets.
 * @param context the context to use; the current one if not given.
 * @throws InvalidArguments listing everything that would make it fail or wait in a container.
 */
export function checkKubeconfig(
  view: string,
  material: LoginMaterial,
  context?: string,
): ClusterLogin {
  const config = JSON.parse(view) as KubeconfigView;
  const problems: string[] = [];
  const name = context ?? config['current-context'] ?? '';
  const chosen = config.contexts?.find((candidate) => candidate.name === name)?.context;
  const user = config.users?.find((candidate) => candidate.name === chosen?.user)?.user;
  const server = config.clusters?.find((candidate) => candidate.name === chosen?.cluster)?.cluster
    ?.server;
  if (name === '')
    problems.push('the kubeconfig has no current context: kubectl config use-context NAME');
  else if (chosen === undefined) problems.push(`the kubeconfig has no context "${name}"`);
  else if (server === undefined) problems.push(`context "${name}" names no cluster with a server`);
  else if (/^https:\/\/(?:127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${server}/`)) {
    problems.push(
      `the cluster's server is ${server}: a container can't reach this machine by that name; use its address, or npm run deploy`,
    );
  }
  let login: ClusterLogin = 'static';
  if (chosen !== undefined) {
    if (user === undefined) problems.push(`context "${name}" names no user`);
    else login = checkUser(user, material, problems);
  }
  if (problems.length > 0) {
    throw new InvalidArguments(
      '--kubeconfig',
      problems,
      'See ci/README.md, "deploy": what a kubeconfig needs to work in a container.',
    );
  }
  return login;
}

function checkUser(user: KubeUser, material: LoginMaterial, problems: string[]): ClusterLogin {
  const command = user.exec?.command?.split('/').at(-1);
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
  if (command !== undefined)
    problems.push(
      `the kubeconfig calls "${command}", which the container does not have: use a token, oci or github-oidc`,
    );
  else if (user['auth-provider'] !== undefined)
    problems.push('the kubeconfig uses auth-provider, which kubectl no longer knows: use a token');
  else if (user.tokenFile !== undefined || user['client-certificate'] !== undefined) {
    problems.push(
      'the kubeconfig points to files, which the container does not have: kubectl config view --raw --flatten',
    );
  } else if (user.token === undefined && user['client-certificate-data'] === undefined) {
    problems.push('the kubeconfig has neither a token nor a client certificate');
  }
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
