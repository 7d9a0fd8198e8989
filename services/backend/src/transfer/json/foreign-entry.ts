// One entry of another program's JSON, as its reader hands it over.
import type { Draft } from '../entry.ts';

/** An entry of another program with its draft. */
export interface ForeignEntry {
  readonly uid?: string;
  readonly parentUid?: string;
  readonly draft: Draft;
}
