// One system runs on a data folder at a time: the process that runs it is recorded there.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicUrl } from './ports.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

/** Another system runs on the same data. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError';
}

/** Who runs a system on a data folder; kept in runner.json there. */
interface Runner extends ProcessIdentity {
  startedAt: string;
  publicUrl: string;
}

export function readRunner(dataDir: string): Runner | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'runner.json'), 'utf8')) as Runner;
  } catch {
    return undefined;
  }
}

/** Makes us the runner of a data folder, unless somebody is. */
export function takeOver(dataDir: string, portBase: number): void {
  const file = join(dataDir, 'runner.json');
  const me = identify(process.pid);
  const record = JSON.stringify({
    ...me,
    startedAt: new Date().toISOString(),
    publicUrl: publicUrl(portBase),
  });
  for (;;) {
    try {
      writeFileSync(file, record, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const runner = readRunner(dataDir);
    if (runner && isRunning(runner)) {
      throw new AlreadyRunningError(
        `Already running on ${dataDir}: process ${runner.pid}, since ${runner.startedAt}, at ${runner.publicUrl}.\n` +
          `Stop it with Ctrl-C where it runs, or with: kill ${runner.pid}\n` +
          'A second system needs its own data folder and ports: npm run up -- --data-dir /tmp/second --port-base 4400',
      );
    }
    rmSync(file, { force: true });
  }
}
