#!/usr/bin/env -S node --disable-warning=DEP0040
// The process's first lines: the tool for operators when a command is named, else the component. The component bounds its
// memory, which may replace the process, before anything large is loaded.
import { isCommandLine } from './cli/arguments.ts';
import { boundMemory } from './memory.ts';

const args = process.argv.slice(2);

async function main(): Promise<void> {
  if (isCommandLine(args)) {
    const { runCommandLine } = await import('./cli/cli.ts');
    process.exitCode = await runCommandLine(args, process.env, {
      out: (text) => process.stdout.write(text),
      error: (text) => process.stderr.write(text),
    });
    return;
  }
  boundMemory();
  const { run } = await import('./run.ts');
  await run();
}

main().catch((error: unknown) => {
  process.stderr.write(
    `pubsub-postgresql: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
});
