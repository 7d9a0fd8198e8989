// Arguments of the command lines: each is checked under the name it was typed with, and everything wrong with a call is said
// at once, before anything begins.

/** sysexits.h EX_CONFIG: something given is wrong; nothing was done, and the same call will fail again. */
export const EXIT_CONFIG = 78;

/** Everything wrong with a call, one line a problem, each beginning with the argument's name. */
export class WrongArguments extends Error {
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[]) {
    const count = problems.length === 1 ? '1 argument is' : `${problems.length} arguments are`;
    super(
      [
        `${what}: ${count} missing or wrong. Nothing was done.`,
        ...problems.flatMap((problem) => problem.split('\n')).map((problem) => `  - ${problem}`),
      ].join('\n'),
    );
    this.name = 'WrongArguments';
    this.problems = problems;
  }
}

/** Collects what is wrong with a call. */
export class Problems {
  readonly list: string[] = [];

  /** Notes a problem. */
  add(problem: string): void {
    this.list.push(problem);
  }

  /** One of the choices; undefined when it is not given or not one of them. */
  oneOf<T extends string>(
    option: string,
    text: string | undefined,
    choices: readonly T[],
  ): T | undefined {
    if (text === undefined) return undefined;
    const choice = choices.find((one) => one === text);
    if (choice === undefined) {
      this.add(`${option} ${shown(text)}: expected ${choices.join(', ')}`);
    }
    return choice;
  }

  /** A whole number of seconds, at least 1; undefined when it is not given or no such number. */
  seconds(option: string, text: string | number | undefined): number | undefined {
    if (text === undefined) return undefined;
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= 86_400) return number;
    this.add(`${option} ${shown(text)}: expected a whole number of seconds from 1 to 86400`);
    return undefined;
  }

  /** A name as Kubernetes takes it for a namespace (RFC 1123 label). */
  label(option: string, text: string): string {
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) {
      this.add(
        `${option} ${shown(text)}: expected at most 63 lower-case letters, digits and hyphens, no hyphen at either end`,
      );
    }
    return text;
  }

  /** A name as Kubernetes takes it for a Secret (RFC 1123 subdomain). */
  subdomain(option: string, text: string): string {
    if (
      !/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)
    ) {
      this.add(`${option} ${shown(text)}: expected lower-case letters, digits, hyphens and dots`);
    }
    return text;
  }

  /** @throws WrongArguments when there is any problem */
  check(what: string): void {
    if (this.list.length > 0) throw new WrongArguments(what, this.list);
  }
}

/** As somebody typed it; quoted where it would not be seen otherwise. */
function shown(text: string | number): string {
  return /^[\w./:@=-]+$/.test(String(text)) ? String(text) : JSON.stringify(text);
}
