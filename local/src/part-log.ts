// The log file of one part: kept from the run before, and quoted when the part does not start.
import { readFileSync, renameSync, statSync } from 'node:fs';

export function keepPreviousLog(file: string): void {
  try {
    if (statSync(file).size > 0) renameSync(file, file.replace(/\.log$/, '.previous.log'));
  } catch {
    // There was none.
  }
}

/** The end of a log, for an error message. */
export function lastLines(file: string, lines = 15): string {
  try {
    const all = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
    return all
      .map((line) => `    ${line.length > 600 ? `${line.slice(0, 600)}…` : line}`)
      .join('\n');
  } catch {
    return '    (nothing)';
  }
}
