// The process's first lines: bounds its memory, which may replace the process, before anything large is loaded.
import { boundMemory } from './memory.ts';

boundMemory();
const { run } = await import('./run.ts');
run().catch((error: unknown) => {
  process.stderr.write(
    `pubsub-postgresql: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
});
