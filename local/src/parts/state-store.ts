// What the sidecars' state store needs before they start.
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from '../data-folder.ts';
import { describe } from '../errors.ts';

/** The schema that the sidecars' state store names must be there before they start. */
export async function prepareStateStore(
  env: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const program = join(ROOT, 'services', 'backend', 'src', 'prepare-state-store.ts');
  try {
    await execa(process.execPath, [program], { env, ...(signal && { cancelSignal: signal }) });
  } catch (error) {
    throw new Error(`could not prepare the state store: ${describe(error)}`, { cause: error });
  }
}
