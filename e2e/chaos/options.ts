// What `npm run chaos` takes, checked all at once: every wrong argument is named before anything starts.
import type { Pubsub } from '../targets/embedded.ts';
import { DEFAULT_FAULTS, FAULT_NAMES, FAULTS, type FaultName } from './faults/catalogue.ts';
import type { ChaosOptions } from './run-chaos.ts';

const WIDTH = Math.max(...FAULT_NAMES.map(({ length }) => length)) + 2;

/** Printed for `--help`. */
export const HELP = `Usage: npm run chaos -- [options]

Starts a whole system on this machine, lets people use it while faults are put into it, and judges
from outside whether every accepted command had exactly one effect.

  --seed <number>      decides which fault comes when; printed, to run the same again (the time)
  --users <number>     people, each with two open pages and a webhook (12)
  --commands <number>  commands of all people together (600)
  --pubsub <kind>      postgresql or kafka (postgresql)
  --faults <names>     comma-separated names; default: all but long-pause; none: no fault
  --think-ms <ms>      longest pause of a person between two commands (800)
  --patience <s>       how long effects may take after the last fault (180)
  --port-base <port>   first port of the system (14600)
  --data-dir <folder>  its data, thrown away at the start (.local/chaos-<kind>)
  --evidence <file>    write what was seen there, as JSON
  --json               the result as one line of JSON

Faults:
${FAULT_NAMES.map((name) => `  ${name.padEnd(WIDTH)}${FAULTS[name].what}`).join('\n')}

Exit codes: 0 all invariants hold; 1 one is violated, or the run could not be done; 78 wrong arguments.`;

/** The options as text. */
export interface GivenOptions {
  readonly seed: string;
  readonly users: string;
  readonly commands: string;
  readonly pubsub: string;
  readonly faults: string;
  readonly 'think-ms': string;
  readonly patience: string;
  readonly 'port-base': string;
}

/** Reads the options. @returns what is wrong with each, or the options */
export function readOptions(
  given: GivenOptions,
): { problems: string[] } | { options: Omit<ChaosOptions, 'dataDir' | 'say'> } {
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
  const thinkMs = number('think-ms', 0, 60_000);
  const patienceMs = number('patience', 1, 3_600) * 1_000;
  const portBase = number('port-base', 1_024, 65_000);
  if (!['postgresql', 'kafka'].includes(given.pubsub))
    problems.push(`--pubsub ${given.pubsub}: expected postgresql or kafka`);
  const faults = faultsOf(given.faults, problems);
  if (problems.length > 0) return { problems };
  const pubsub = given.pubsub as Pubsub;
  return { options: { seed, users, commands, pubsub, faults, thinkMs, patienceMs, portBase } };
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
