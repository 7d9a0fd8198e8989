// What a runner that was killed left running: found by the records it kept beside the data.
import { readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endGroup, isRunning, type ProcessIdentity } from './process-identity.ts';

/** Ends every process that a former runner left, by the records it kept. Names of those that still ran. */
export async function endLeftovers(records: string): Promise<string[]> {
  const names = await readdir(records).catch(() => [] as string[]);
  const ended: string[] = [];
  const end = async (name: string, stopSignal: NodeJS.Signals, graceMs: number): Promise<void> => {
    const file = join(records, name);
    try {
      const record = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity & { name: string };
      if (isRunning(record)) {
        ended.push(record.name);
        await endGroup(record, stopSignal, graceMs);
      }
    } catch {
      // Half-written: the runner died in that very moment, before the process did anything.
    }
    rmSync(file, { force: true });
  };
  // The database last, by its fast shutdown: SIGTERM would wait for its clients.
  const database = 'postgres.json';
  await Promise.all(
    names.filter((name) => name !== database).map((name) => end(name, 'SIGTERM', 2_000)),
  );
  if (names.includes(database)) await end(database, 'SIGINT', 10_000);
  return ended.sort();
}
