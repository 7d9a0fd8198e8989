// How the reader of one program's table is asked: row by row, with the columns it looks for.
import type { Draft, StagedEntry } from '../entry.ts';

/** A row as it was read; `line` is where it begins, from 1. */
export interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** What reads the rows below a header. */
export interface TableReader {
  readonly format: string;
  /** An entry of a row; undefined for a row that says nothing. */
  readonly entry: (row: Row) => StagedEntry | undefined;
  readonly finish: (entry: StagedEntry) => Draft;
}
