// What `startSystem` refuses before it starts anything.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSystem } from '../src/system.ts';

test('data without its secrets is left alone, and the message says what to do', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'todo-no-secrets-'));
  try {
    await chmod(dataDir, 0o755); // else root's server could not enter, and the data would live elsewhere
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    await expect(startSystem({ dataDir, portBase: 24_300, web: false })).rejects.toThrow(
      /secrets\.json is missing.*--reset/s,
    );
    await expect(startSystem({ dataDir, portBase: 24_300, web: false })).rejects.toThrow(
      /secrets\.json is missing/, // and not "already running": the lock was given back
    );
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
