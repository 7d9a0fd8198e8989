// Plays dialogues with a real backend and PostgreSQL, each by a person of its own.
import type { TestChat } from '../chat-under-test.ts';
import { ASIDE } from './corpus.ts';
import type { Dialogue, World } from './corpus.ts';
import { judge } from './judge.ts';
import type { Judgement, Verdict } from './judge.ts';
import { effectOf, settle, snapshot } from './person.ts';

/** A dialogue's end: the worst of its turns. */
export interface Played extends Judgement {
  readonly name: string;
  readonly kind: string;
  /** What was said and answered. */
  readonly transcript: readonly string[];
}

/** Verdicts of a kind. */
export interface Rate {
  readonly kind: string;
  readonly dialogues: number;
  readonly meant: number;
  readonly honest: number;
  readonly wrong: number;
}

const WORST: readonly Verdict[] = ['meant', 'honest', 'wrong'];

/** Plays one dialogue. */
export async function play(chat: TestChat, dialogue: Dialogue, world: World): Promise<Played> {
  const user = `dialogue ${dialogue.name}`;
  await settle(chat, user, world);
  const transcript: string[] = [];
  const faults: string[] = [];
  let verdict: Verdict = 'meant';
  let before = await snapshot(chat, user);
  for (const turn of dialogue.turns) {
    const answer = await chat.say(user, turn.say);
    const after = await snapshot(chat, user);
    const { question, confirmation, text } = answer;
    transcript.push(
      `> ${turn.say}`,
      `< ${[text, question && `[${question.text}]`, confirmation && `[${confirmation.text}]`].filter(Boolean).join(' ')}`,
    );
    if (Object.keys(turn).length > 1) {
      const judged = judge(turn, answer, effectOf(before, after));
      faults.push(...judged.faults);
      if (WORST.indexOf(judged.verdict) > WORST.indexOf(verdict)) verdict = judged.verdict;
    }
    before = after;
  }
  return { name: dialogue.name, kind: dialogue.kind, verdict, faults, transcript };
}

/** The rates of each kind, then of all that may be used for tuning; what was kept aside has a row of its own. */
export function ratesOf(played: readonly Played[]): Rate[] {
  const rate = (kind: string, some: readonly Played[]): Rate => {
    const count = (verdict: Verdict): number =>
      some.filter((one) => one.verdict === verdict).length;
    return {
      kind,
      dialogues: some.length,
      meant: count('meant'),
      honest: count('honest'),
      wrong: count('wrong'),
    };
  };
  const kinds = [...new Set(played.map(({ kind }) => kind))];
  return [
    ...kinds.map((kind) =>
      rate(
        kind,
        played.filter((one) => one.kind === kind),
      ),
    ),
    rate(
      'all but aside',
      played.filter(({ kind }) => kind !== ASIDE),
    ),
    rate('all', played),
  ];
}
