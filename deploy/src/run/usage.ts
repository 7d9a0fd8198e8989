// How every program of `npm run` answers `--help`, and arguments that it does not know: help on standard output and exit code
// 0, or a message that names what is wrong and exit code 78, before anything is begun.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Command } from 'commander';
import { EXIT_CONFIG } from '../plan/arguments.ts';

/** Gives a commander command our exit codes; its own for a wrong argument is 1. */
export function exitCodes(command: Command): Command {
  return command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_CONFIG));
}

/**
 * Reads `process.argv` for a program with few options. Ends the process after `--help` (0) and for what it does not know (78).
 * @param help printed as it is
 * @param config as for `parseArgs`; `--help` and `-h` are added
 */
export function readArguments<const T extends ParseArgsConfig>(
  help: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const wanted = process.argv.slice(2);
  if (wanted.includes('--help') || wanted.includes('-h')) {
    process.stdout.write(`${help.trimEnd()}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n--help lists what there is.\n`);
    process.exit(EXIT_CONFIG);
  }
}
