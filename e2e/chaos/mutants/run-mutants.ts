// Puts bugs into copies of the sources, one at a time, and says in how many runs the judge found each.
import { rm } from 'node:fs/promises';
import { runInARow } from '../in-a-row.ts';
import { MUTANT_NAMES, MUTANTS, type MutantName } from './catalogue.ts';
import { sourcesWith } from './copy-sources.ts';

/** How often a bug was found. */
export interface MutantResult {
  readonly name: MutantName;
  readonly runs: number;
  readonly found: number;
}

/** The bugs that a name stands for; `all`: every one. Undefined for an unknown name. */
export function mutantsOf(name: string): readonly MutantName[] | undefined {
  if (name === 'all') return MUTANT_NAMES;
  const found = MUTANT_NAMES.filter((one) => name.split(',').includes(one));
  return found.length === name.split(',').length ? found : undefined;
}

/**
 * Runs each bug with `count` seeds from `first` on. A run without a verdict finds nothing.
 * @param args of a run besides the seed
 */
export async function runMutants(given: {
  names: readonly MutantName[];
  args: readonly string[];
  first: number;
  count: number;
  say: (line: string) => void;
}): Promise<MutantResult[]> {
  const results: MutantResult[] = [];
  for (const name of given.names) {
    given.say(`${name}: ${MUTANTS[name].what}`);
    const root = await sourcesWith(name);
    try {
      const runs = await runInARow({
        ...{ root, args: given.args, first: given.first, count: given.count },
        onResult: ({ seed, line }) => {
          given.say(`  seed ${seed}: ${line}`);
        },
      });
      const found = runs.filter(({ green }) => green === false).length;
      results.push({ name, runs: runs.length, found });
      given.say(`  found in ${found} of ${runs.length}`);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }
  return results;
}
