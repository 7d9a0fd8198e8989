// The parts of a release that keep data in the cluster: the broker, and the database where none is outside.
import { kubectlApply, logsOf, show, step } from './commands.ts';
import { file } from './contents.ts';
import type { Step } from './plan.ts';
import type { ReleaseInput } from './release-input.ts';

/** A StatefulSet of deploy/manifests, applied and waited for. */
export function statefulSteps(
  input: ReleaseInput,
  name: 'redpanda' | 'postgresql',
  title: string,
): Step[] {
  const inNamespace = ['--namespace', input.namespace];
  return [
    step(name, title, kubectlApply(inNamespace), {
      stdin: file(input, `deploy/manifests/${name}.yaml`),
    }),
    step(
      `${name}-ready`,
      `${title} is ready`,
      [
        'kubectl',
        'rollout',
        'status',
        `statefulset/${name}`,
        ...inNamespace,
        '--timeout',
        `${input.timeoutSeconds}s`,
      ],
      {
        timeoutSeconds: input.timeoutSeconds + 30,
        showOnFailure: [
          show(input.namespace, 'describe', 'pod', `${name}-0`),
          logsOf(input.namespace, name, name, 'statefulset'),
        ],
      },
    ),
  ];
}
