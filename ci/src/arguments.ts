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
