// What was understood of a typed line, piece by piece.

/** A piece of the line and what it was taken for. */
export interface Understood {
  kind: 'due' | 'recurrence' | 'reminder' | 'tag' | 'priority' | 'list' | 'literal';
  /** UTF-16 offsets in the line, from and to (exclusive). */
  start: number;
  end: number;
  text: string;
  /** In words, for the person. */
  meaning: string;
  /** What a piece with a slip of the fingers in it was read as. */
  corrected?: string;
}

/** A piece that the person took back: it stays in the title. */
export type Ignored = Pick<Understood, 'start' | 'end' | 'text'>;
