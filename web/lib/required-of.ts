// Of whom a second factor can be required: what the page and its server agree on.

/** The mildest first; each asks for what those before it ask for, too. */
export const REQUIRED_OF = ['nobody', 'operators', 'everybody'] as const;

/** One of {@link REQUIRED_OF}. */
export type RequiredOf = (typeof REQUIRED_OF)[number];

/** Of whom it is required now, and of whom the configuration requires it in any case. */
export interface FactorPolicy {
  readonly requiredOf: RequiredOf;
  readonly atLeast: RequiredOf;
}
