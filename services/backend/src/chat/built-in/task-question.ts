// Questions about one task ("when is the lunch?", "did I pay the rent?") and about all of them ("what's next?").
import type { Command } from './command-shape.ts';
import { verbsOf } from './past-verbs.ts';

/** Reads a question that has one task, or what comes next, for an answer. */
export function readTaskQuestion(plain: string): Command | undefined {
  return readOverview(plain) ?? readWhen(plain) ?? readState(plain) ?? readWhichList(plain);
}

function readOverview(plain: string): Command | undefined {
  if (
    /^(?:what|which(?: (?:one|task))?)(?: task)? (?:should|shall|do|can) i (?:do|start with|work on|tackle)(?: (?:next|first|now))?$|^what(?:['’]?s| is) (?:next|first|my next task)$/i.test(
      plain,
    )
  )
    return { kind: 'next', overdueToo: true };
  if (
    /^(?:when|what)(?:['’]?s| is) (?:my |the )?next (?:task|thing|one|deadline)(?: due)?$/i.test(
      plain,
    )
  )
    return { kind: 'next', overdueToo: false };
  if (
    /^(?:(?:give|show|tell) me |write )?(?:a |an |the |my )?(?:summary|overview|recap|summarize|summarise)(?: (?:of|for|my) .+| my .+)?$|^how(?:['’]?s| is) my (?:day|week)(?: looking| going)?$/i.test(
      plain,
    )
  )
    return { kind: 'summary' };
  const lists =
    /^(how many |(?:what|which) |(?:show|list)(?: me)? )(?:all |of )?(?:my |the )?(?:lists|projects)(?: (?:do i have|have i got|are there|there are|i have))?$/i.exec(
      plain,
    );
  return lists ? { kind: 'lists', count: /^how/i.test(lists[1] ?? '') } : undefined;
}

function readWhen(plain: string): Command | undefined {
  const match =
    /^(?:when|(?:at )?what time|(?:on )?(?:what|which) (?:day|date))(?:['’]?s)?\s+(?:(is|are|was|were|do|does|did|will|am|should|must|can)\s+)?(.+)$/i.exec(
      plain,
    );
  if (!match?.[2]) return undefined;
  let target = match[2];
  for (let before = ''; before !== target;) {
    before = target;
    target = target
      .replace(/^(?:i|we)\s+(?=\S)/i, '')
      .replace(/^(?:have to|need to|get to|next|last|ever|going to|supposed to)\s+(?=\S)/i, '')
      .replace(/(?<=\S)\s+(?:due|next|again|happening|planned|scheduled|done|finished|last)$/i, '');
  }
  return {
    kind: 'about',
    target,
    aspect: /^(?:did|was|were)$/i.test(match[1] ?? '') ? 'when-done' : 'when',
  };
}

function readState(plain: string): Command | undefined {
  const any = /^(?:did|have)\s+i\s+(\p{L}+)\s+((?:any|some)\p{L}*\b.*)$/iu.exec(plain);
  if (any?.[1] && any[2] && /^(?:do|done|get|finish(?:ed)?|completed?)$/i.test(any[1]))
    return { kind: 'list', words: `done ${any[2].replace(/\s+done\b/i, '')}`, mode: 'show' };
  if (/^(?:is|are)\s+(?:there\s+)?any/i.test(plain)) return undefined;
  const due = /^(?:is|are)\s+(?!there\b|every|some)(.+?)\s+(?:over)?due(?:\s+.*)?$/i.exec(
    plain,
  )?.[1];
  if (due !== undefined) return { kind: 'about', target: due, aspect: 'when' };
  const is =
    /^(?:is|are|was|were)\s+(?!there\b|any|some|every)(.+?)\s+(?:already\s+|still\s+)?(\p{L}+)(?:\s+(?:yet|already))?$/iu.exec(
      plain,
    );
  if (is?.[1] && is[2] && (verbsOf(is[2]).length > 0 || /^(?:open|complete|undone)$/i.test(is[2])))
    return { kind: 'about', target: is[1], aspect: 'state' };
  const did =
    /^(?:did|have)\s+i\s+(?:already\s+|ever\s+|really\s+)?(\p{L}+)\s+(.+?)(?:\s+(?:yet|already))?$/iu.exec(
      plain,
    );
  if (!did?.[1] || !did[2] || /^(?:any|some|every|got\b)/i.test(did[2]) || /^got$/i.test(did[1]))
    return undefined;
  const [verb = did[1]] = verbsOf(did[1]);
  const general = /^(?:do|finish|complete)$/i.test(verb);
  return { kind: 'about', target: general ? did[2] : `${verb} ${did[2]}`, aspect: 'state' };
}

function readWhichList(plain: string): Command | undefined {
  const target = /^(?:in |on )?(?:which|what) list (?:is|has) (.+?)(?:\s+(?:in|on))?$/i.exec(
    plain,
  )?.[1];
  return target === undefined ? undefined : { kind: 'about', target, aspect: 'list' };
}
