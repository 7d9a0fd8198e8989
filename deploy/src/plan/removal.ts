// The plan of a removal.
import { lockOf, program, step } from './commands.ts';
import type { Plan } from './plan.ts';
import { CHARTS } from './services.ts';

/** What a removal is made from. */
export interface RemovalInput {
  readonly namespace: string;
  /** Also the database and broker this plan made, their volumes, and all secrets: nothing is left. */
  readonly data: boolean;
  readonly dapr: { readonly remove: boolean; readonly namespace: string };
  readonly lockWaitSeconds: number;
  readonly holder: string;
}

/** The steps that remove a release, in the reverse of the order in which it came. */
export function removalPlan(input: RemovalInput): Plan {
  const inNamespace = ['--namespace', input.namespace];
  const remove = (id: string, title: string, kinds: string, selector: string) =>
    step(
      id,
      title,
      ['kubectl', 'delete', kinds, ...inNamespace, '--selector', selector, '--ignore-not-found'],
      { timeoutSeconds: 180 },
    );
  return {
    environment: 'none',
    namespace: input.namespace,
    preflight: [step('helm', 'Helm is installed', ['helm', 'version', '--short'])],
    lock: lockOf(input),
    preparation: [],
    changes: [
      ...CHARTS.toReversed().map((chart) =>
        step(chart, chart, [...program('uninstall'), ...inNamespace, chart], {
          timeoutSeconds: 180,
        }),
      ),
      step('components', 'Dapr components, subscriptions, resiliency and configuration', [
        ...program('manifests'),
        'remove',
        ...inNamespace,
      ]),
      ...(input.data
        ? [
            remove(
              'stateful',
              'Broker and database, with their data',
              'statefulset,service,networkpolicy,persistentvolumeclaim',
              // A claim carries its StatefulSet's selector and no other label.
              'app.kubernetes.io/name in (redpanda,postgresql)',
            ),
            remove('secrets', 'Secrets', 'secret', 'app.kubernetes.io/part-of=todo'),
          ]
        : []),
      ...(input.dapr.remove
        ? [
            step(
              'dapr',
              'Dapr',
              [...program('uninstall'), '--namespace', input.dapr.namespace, 'dapr'],
              { timeoutSeconds: 180 },
            ),
          ]
        : []),
    ],
    diagnosis: [],
  };
}
