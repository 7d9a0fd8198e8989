// What `npm run chaos` takes, checked all at once: every wrong argument is named before anything starts.
import type { Pubsub } from '../targets/embedded.ts';
import { DEFAULT_FAULTS, FAULT_NAMES, FAULTS, type FaultName } from './faults/catalogue.ts';
import { MUTANT_NAMES, MUTANTS, type MutantName } from './mutants/catalogue.ts';
import { mutantsOf } from './mutants/run-mutants.ts';
import type { ChaosOptions } from './run-chaos.ts';

const WIDTH = Math.max(...FAULT_NAMES.map(({ length }) => length)) + 2;

/** Printed for `--help`. */
export const HELP = `Usage: npm run chaos -- [options]

Starts a whole system on this machine, lets people use it while faults are put into it, and judges
from outside whether every accepted command had exactly one effect.

  --seed <number>      decides which fault comes when; printed, to run the same again (the time)
  --users <number>     people, each with a webhook, most with two open pages (12)
  --commands <number>  commands of all people together (600)
  --seconds <s>        give no more commands after this time; 0: give all (0)
  --replicas <number>  replicas of each service (2)
  --pubsub <kind>      postgresql or kafka (postgresql)
  --faults <names>     comma-separated names; default: all but long-pause; none: no fault
  --think-ms <ms>      longest pause of a person between two commands; half of them hardly pause (800)
  --patience <s>       how long effects may take after the last fault (180)
  --port-base <port>   first port of the system (14600)
  --data-dir <folder>  its data, thrown away at the start (.local/chaos-<kind>)
  --evidence <file>    write what was seen there, as JSON
  --runs <number>      so many seeds in a row, from the seed on (1)
  --mutant <names>     put a bug into a copy of the sources, and see whether the judge finds it; all: each of
                       them, one after the other
  --json               the result as one line of JSON

Faults:
${FAULT_NAMES.map((name) => `  ${name.padEnd(WIDTH)}${FAULTS[name].what}`).join('\n')}

Mutants:
${MUTANT_NAMES.map((name) => `  ${name.padEnd(30)}${MUTANTS[name].what}`).join('\n')}

Exit codes: 0 all invariants hold (with --mutant: each bug was found); 1 one is violated, or the run could
not be done; 78 wrong arguments.`;

/** The options as text. */
export interface GivenOptions {
  readonly seed: string;
  readonly users: string;
  readonly commands: string;
  readonly seconds: string;
  readonly replicas: string;
  readonly pubsub: string;
  readonly faults: string;
  readonly 'think-ms': string;
  readonly patience: string;
  readonly 'port-base': string;
  readonly runs: string;
  readonly mutant: string;
}

/** What is to be done. */
interface Wanted {
  readonly options: Omit<ChaosOptions, 'dataDir' | 'say' | 'onSystem'>;
  /** Seeds in a row. */
  readonly runs: number;
  /** Bugs to put in; none: the sources as they are. */
  readonly mutants: readonly MutantName[];
}

/** Reads the options. @returns what is wrong with each, or the options */
export function readOptions(given: GivenOptions): { problems: string[] } | Wanted {
  const problems: string[] = [];
  const number = (name: keyof GivenOptions, from: number, to: number): number => {
    const value = /^\d{1,10}$/.test(given[name]) ? Number(given[name]) : NaN;
    if (!(value >= from && value <= to))
      problems.push(`--${name} ${given[name]}: expected a whole number from ${from} to ${to}`);
    return value;
  };
  const seed = number('seed', 0, 2 ** 32 - 1);
  const users = number('users', 1, 500);
  const commands = number('commands', 1, 1_000_000);
  const seconds = number('seconds', 0, 86_400);
  const replicas = number('replicas', 1, 4);
  const thinkMs = number('think-ms', 0, 60_000);
  const patienceMs = number('patience', 1, 3_600) * 1_000;
  const portBase = number('port-base', 1_024, 65_000);
  if (!['postgresql', 'kafka'].includes(given.pubsub))
    problems.push(`--pubsub ${given.pubsub}: expected postgresql or kafka`);
  const faults = faultsOf(given.faults, problems);
  const runs = number('runs', 1, 10_000);
  const mutants = given.mutant === '' ? [] : mutantsOf(given.mutant);
  if (mutants === undefined)
    problems.push(
      `--mutant ${given.mutant}: expected all, or names such as ${MUTANT_NAMES.join(', ')}`,
    );
  if (problems.length > 0 || mutants === undefined) return { problems };
  const pubsub = given.pubsub as Pubsub;
  const forMs = seconds === 0 ? undefined : seconds * 1_000;
  return {
    ...{ runs, mutants },
    options: {
      ...{ seed, users, commands, forMs, pubsub, replicas, faults, thinkMs, patienceMs, portBase },
    },
  };
}

function faultsOf(text: string, problems: string[]): FaultName[] {
  if (text === 'default') return DEFAULT_FAULTS;
  if (text === 'none') return [];
  return text.split(',').flatMap((word) => {
    const name = FAULT_NAMES.find((one) => one === word.trim());
    if (name !== undefined) return [name];
    problems.push(`--faults ${word}: expected none, or names such as ${FAULT_NAMES.join(', ')}`);
    return [];
  });
}
