// Whether this cluster can take the release at all, before anything is changed: its version, our rights
// in it, and Dapr where it has to be there already. Says everything that is missing at once.
// usage: check-cluster.ts --namespace NS --dapr install|existing --dapr-namespace NS --dapr-version V
import { parseArgs } from 'node:util';
import { CommandFailed, get, kubectl, program, say } from './cluster.ts';

/** Native sidecars (init containers that keep running) are on by default since 1.29. */
const OLDEST_MINOR = 29;

/** Dapr's kinds and the version of each that dapr/ is written in. */
const DAPR_KINDS: readonly [kind: string, version: string][] = [
  ['components', 'v1alpha1'],
  ['configurations', 'v1alpha1'],
  ['resiliencies', 'v1alpha1'],
  ['subscriptions', 'v2alpha1'],
];

interface Definition {
  spec: { versions: { name: string; served: boolean }[] };
}

function mayI(verb: string, resource: string, namespace: string | undefined): boolean {
  try {
    const where = namespace === undefined ? ['--all-namespaces'] : ['--namespace', namespace];
    return kubectl(['auth', 'can-i', verb, resource, ...where])
      .trim()
      .startsWith('yes');
  } catch (error) {
    if (error instanceof CommandFailed) return false; // exit code 1 is how it says no
    throw error;
  }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      namespace: { type: 'string', default: 'todo' },
      dapr: { type: 'string', default: 'install' },
      'dapr-namespace': { type: 'string', default: 'dapr-system' },
      'dapr-version': { type: 'string', default: '' },
    },
  });
  const problems: string[] = [];
  const { serverVersion } = JSON.parse(kubectl(['version', '--output', 'json'])) as {
    serverVersion?: { gitVersion: string; minor: string };
  };
  if (serverVersion === undefined) throw new Error('the cluster does not answer: check KUBECONFIG');
  if (Number.parseInt(serverVersion.minor, 10) < OLDEST_MINOR) {
    problems.push(`Kubernetes ${serverVersion.gitVersion}: 1.${OLDEST_MINOR} or newer is required`);
  }
  const wanted = [
    ['create', 'deployments.apps'],
    ['create', 'secrets'],
    ['create', 'leases.coordination.k8s.io'],
    ['create', 'roles.rbac.authorization.k8s.io'],
    // Where one decides how many pods there are, the charts leave that number out.
    ['list', 'horizontalpodautoscalers.autoscaling'],
  ] as const;
  for (const [verb, resource] of wanted) {
    if (!mayI(verb, resource, values.namespace)) {
      problems.push(`not allowed to ${verb} ${resource} in namespace ${values.namespace}`);
    }
  }
  const definitions = DAPR_KINDS.map(([kind, version]) => ({
    kind,
    version,
    found: get<Definition>(['customresourcedefinition', `${kind}.dapr.io`]),
  }));
  if (values.dapr === 'existing') {
    const advice = `install Dapr ${values['dapr-version']}, or deploy without --without-dapr`;
    for (const { kind, version, found } of definitions) {
      if (found === undefined) {
        problems.push(`Dapr is not installed (no ${kind}.dapr.io): ${advice}`);
      } else if (!found.spec.versions.some((one) => one.name === version && one.served)) {
        problems.push(`Dapr is too old (${kind}.dapr.io has no ${version}): ${advice}`);
      }
    }
  } else {
    for (const resource of [
      'customresourcedefinitions.apiextensions.k8s.io',
      'clusterroles.rbac.authorization.k8s.io',
    ]) {
      if (!mayI('create', resource, undefined)) {
        problems.push(
          `not allowed to create ${resource}, which installing Dapr needs: ask an administrator to install it, then deploy with --without-dapr`,
        );
      }
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  say(`Kubernetes ${serverVersion.gitVersion}`);
}

if (import.meta.main) await program(main);
