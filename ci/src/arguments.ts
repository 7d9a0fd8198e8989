// A call with wrong arguments fails before anything is built, once, with everything that is wrong with it.

/** Everything wrong with a call, in one error. The first line is the summary, one line a problem follows. */
export class InvalidArguments extends Error {
  /** One line a problem. */
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[], next: string) {
    const count = problems.length === 1 ? '1 argument is' : `${problems.length} arguments are`;
    super(
      [
        `${what}: ${count} missing or wrong.`,
        ...problems.map((problem) => `  - ${problem}`),
        next,
      ].join('\n'),
    );
    this.name = 'InvalidArguments';
    this.problems = problems;
  }
}

type ReturnTypeOf<F> = F extends () => infer R ? R : never;

/**
 * Runs several checks and gives what each found out.
 * @param checks by name; each throws InvalidArguments for what is wrong with its part.
 * @throws InvalidArguments with everything that any of them found wrong.
 */
export function checkAll<T extends Record<string, () => unknown>>(
  what: string,
  checks: T,
): { [K in keyof T]: ReturnTypeOf<T[K]> } {
  const problems: string[] = [];
  const results: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(checks)) {
    try {
      results[name] = check();
    } catch (error) {
      if (!(error instanceof InvalidArguments)) throw error;
      problems.push(...error.problems);
    }
  }
  // two parts of a call may need the same argument
  const all = [...new Set(problems)];
  if (all.length > 0) throw new InvalidArguments(what, all, NOTHING_DONE);
  return results as { [K in keyof T]: ReturnTypeOf<T[K]> };
}
const NOTHING_DONE =
  'Nothing was done. Pass them as flags, or set them once in .env next to dagger.json: see ci/README.md.';

/** Refuses one part of a call; {@link checkAll} says it with the others'. */
export function refuse(...problems: string[]): never {
  throw new InvalidArguments('arguments', problems, NOTHING_DONE);
}
