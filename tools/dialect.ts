// Words and turns of phrase that this repository's texts once had and that the field does not use. The list is short on purpose
// and no substitute for an editor. `check-prose.ts` reads documentation with it, `check-messages.ts` what programs print and show.

/** Something to correct in a text. */
export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

const DIALECT: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\bhears?\b/i, 'receives'],
  [/\b(?:tells?|told)\b/i, 'reports, shows, says'],
  [/\b(?:stands?|stood)\b/i, 'is'],
  [/\banew\b/i, 'again; restarts'],
  [/\bwhoever\b/i, 'anyone who; if you'],
  [/\blooked at\b/i, 'checked, examined'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fixed'],
  [/\bsays it too\b/i, 'shows the same'],
  [/\ba line each\b/i, 'in short'],
  [/\bsettle[sd]?\b/i, 'acknowledged, completed'],
  [/\bknocks?\b/i, 'calls, notifies'],
  [/\bcan not\b/i, 'cannot'],
  [/\b(?:can['’]t|cannot|could not) be had\b/i, 'is not available'],
  [/\b(?:are|is|be) to be (?:done|had)\b/i, 'do; needs doing'],
  [/\bgo(?:es|ing)? on\b/i, 'continues'],
  [/(?<!there )\bis no (?!longer\b|more\b|other\b)/i, 'is not a; has no'],
  [/\bnames no\b/i, 'has no'],
  [/\bnobody knows\b/i, 'unknown'],
  [/\bjust now\b/i, 'right now'],
  [/\bonce more\b/i, 'again'],
  [/\bonce a (?:machine|clone|run)\b/i, 'once per …'],
  [/\b(?:another|other) than the\b/i, 'different from the'],
  [/\blast words\b/i, 'last lines'],
  [/(?<=\w )meanwhile\b/i, 'in the meantime, since then'],
  [/\b(?:was|were) (?:there|ours) before\b/i, 'already existed'],
];

/** What `text` says in dialect, each on its line. */
export function dialectIn(text: string): Finding[] {
  return text.split('\n').flatMap((line, index) =>
    DIALECT.flatMap(([word, instead]) => {
      const found = word.exec(line)?.[0].trim();
      return found === undefined
        ? []
        : [{ line: index + 1, message: `"${found}": write ${instead}` }];
    }),
  );
}
