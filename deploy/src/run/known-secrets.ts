// What a deploy has to hide beyond what it was given: values that the cluster keeps from earlier deploys, and those that this
// one makes up. So the release's Secrets are read at the beginning, after each command that may have changed them, and when
// something failed, before its output is shown.
import type { Plan } from '../plan/plan.ts';
import type { RunCommand } from './machine.ts';
import { maskOf } from './masking.ts';
import type { Mask } from './masking.ts';

/** The Secrets that hold them; steps/secrets.ts and steps/prepare-database.ts write them. */
const NAMES = [
  'todo-secrets',
  'todo-postgresql',
  'todo-database-logins',
  'todo-pubsub',
  'todo-state',
];

/** A way to run commands that learns of secrets as it goes, and a mask that knows them. */
export interface Watched {
  readonly run: RunCommand;
  readonly mask: Mask;
}

/**
 * @param given plain text of the secrets known from the beginning
 * @returns resolves when the cluster's were read, or could not be
 */
export async function watchSecrets(
  plan: Pick<Plan, 'namespace'>,
  run: RunCommand,
  given: readonly string[],
): Promise<Watched> {
  const known = new Set(given);
  let current = maskOf([...known]);
  const read = async () => {
    const { output } = await run(
      {
        argv: [
          ...['kubectl', 'get', 'secret', ...NAMES, '--namespace', plan.namespace],
          ...['--ignore-not-found', '--output', 'json'],
        ],
        timeoutSeconds: 15,
      },
      {},
    );
    const before = known.size;
    for (const value of valuesIn(output)) known.add(value);
    if (known.size > before) current = maskOf([...known]);
  };
  await read();
  return {
    run: async (command, options) => {
      const result = await run(command, options);
      if (result.exitCode !== 0 || command.secrets !== undefined) await read();
      return result;
    },
    mask: (text) => current(text),
  };
}

/** Values of the Secrets in what kubectl printed; none when that is something else. */
function valuesIn(output: string): string[] {
  interface SecretObject {
    readonly data?: Readonly<Record<string, string>>;
    readonly items?: readonly SecretObject[];
  }
  const valuesOf = ({ data, items }: SecretObject): string[] => [
    ...Object.values(data ?? {}).map((value) => Buffer.from(value, 'base64').toString('utf8')),
    ...(items ?? []).flatMap(valuesOf),
  ];
  try {
    return valuesOf(JSON.parse(output) as SecretObject);
  } catch {
    return []; // no answer, or not allowed: what a deploy can't read it can't use either
  }
}
