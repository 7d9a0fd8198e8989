// What a person's message asks for, read from its words alone: no task's text is looked at here, so none can change what is
// understood. What is not recognised is not guessed: the engine asks.
//
// The order of the readers matters: "add …" first (everything after it is the task), then commands, then questions.
import type { Command } from './command-shape.ts';
import { readFilterQuestion } from './filter-question.ts';
import { verbsOf } from './past-verbs.ts';
import { readSmallTalk } from './small-talk.ts';
import { readTaskQuestion } from './task-question.ts';
import { readReminderChange, readUpdate } from './update-command.ts';

const POLITE =
  /^(?:(?:please|pls|hey|hi|hello|ok|okay|so|and|then|also|now|just)\b[\s,!]*|(?:can|could|would|will)\s+you\s+(?:please\s+)?|i(?:\s+would|['’]d)\s+like\s+(?:you\s+)?to\s+|i\s+want\s+(?:you\s+)?to\s+|let['’]?s\s+)+/i;

/** Which of several: "the second one", "2", "number 3", "first two", "1 and 3". */
export const ORDINAL_WORDS =
  /^(?:(?:the|number|no\.?|nr\.?|item|task|#)\s*)*(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d{1,2}(?:st|nd|rd|th)?)(?:\s*(?:,|and|&|,\s*and)\s*(?:(?:the|number|no\.?|#)\s*)*(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d{1,2}(?:st|nd|rd|th)?))*(?:\s+(?:one|ones|task|tasks|item|items|two|three))?$/i;

/** Reads a message. */
export function readCommand(message: string): Command {
  const text = message.trim().replace(/\s+/g, ' ');
  const lines = message.trim().replace(/[^\S\n]+/g, ' ');
  const plain = stripped(text);
  return (
    readShort(plain) ??
    readAdd(lines) ??
    readAdd(lines.replace(POLITE, '')) ??
    readListCommand(plain) ??
    readFilterQuestion(plain) ??
    readTrash(plain) ??
    readTaskQuestion(plain) ??
    readTask(plain) ??
    readList(plain) ?? { kind: 'unknown', text }
  );
}

/** Without politeness and the end's punctuation; "ok" alone is an answer. */
function stripped(text: string): string {
  if (/^(?:ok|okay)[\s.!]*$/i.test(text)) return 'ok';
  return text
    .replace(POLITE, '')
    .replace(/[\s,]*(?:please|pls|thanks|thank you|for me)?[\s.!?]*$/i, '')
    .trim();
}

function readShort(plain: string): Command | undefined {
  if (
    plain === '' ||
    /^(?:help|\?|what can (?:you|i) (?:do|say|ask)|how does this work|commands)$/i.test(plain)
  )
    return { kind: 'help' };
  if (/^(?:hi|hello|hey|good (?:morning|evening|afternoon|day))(?: there)?$/i.test(plain))
    return { kind: 'help' };
  if (/^(?:thanks|thank you|thx|cheers|great|perfect|cool|nice)(?: .{0,20})?$/i.test(plain))
    return { kind: 'thanks' };
  if (
    /^(?:(?:oops|no|wait|oh|sorry|actually)[\s,!.]*)*(?:undo|undoo|revert|roll back|oops|(?:take|put) (?:that|it|them) back|bring (?:it|that|them) back)(?: (?:that|it|this|again|one more|the last (?:one|change|action)|last))?$/i.test(
      plain,
    )
  )
    return { kind: 'undo' };
  if (/^redo(?: (?:that|it))?$/i.test(plain)) return { kind: 'redo' };
  if (YES.test(plain)) return { kind: 'yes' };
  if (NO.test(plain)) return { kind: 'no' };
  const talk = readSmallTalk(plain);
  if (talk) return talk;
  if (
    ORDINAL_WORDS.test(plain) ||
    /^(?:both|all of (?:them|these)|it|that one|this one)$/i.test(plain)
  )
    return { kind: 'pick', target: plain };
  return undefined;
}

const YES =
  /^(?:yes|y|yep|yeah|yup|sure|ok|okay|do (?:it|that)|go ahead|go for it|confirm(?:ed)?|of course|absolutely)(?:[\s,]+(?:yes|sure|do (?:it|that)|go (?:ahead|for it)|(?:delete|remove|add|create|make|change|move|complete) (?:it|them|that|the list)))*$/i;
const NO =
  /^(?:no|n|nope|nah|cancel|never ?mind|don['’]?t|do not|stop|abort|forget it|neither|none(?: of (?:them|those|these))?|leave (?:it|them)|rather not|not now|keep (?:it|them))(?:[\s,]+(?:no|cancel|thanks|never ?mind|don['’]?t|do(?:n['’]t)? (?:it|that)|leave (?:it|them)(?: (?:be|alone))?|forget it|keep (?:it|them)|not now|that))*$/i;

function readAdd(text: string): Command | undefined {
  const added =
    /^(?:add|(?:create|make|put|write\s+down|note)\s+(?=(?:(?:a|an|the|another)\s+)?(?:new\s+)?(?:task|todo|to-do|item|reminder)\b)|new\s+(?=(?:task|todo|to-do)\b)|(?=(?:task|todo|to-do)\s*:))\s*(?:(?:a|an|the|another|one more)\s+(?!and\b))?(?:new\s+)?(?:(?:task|todo|to-do|item|reminder)\s*(?::|to\b|that\b|called\b|named\b)?\s+)?(?=\S)(.+)$/is.exec(
      text,
    )?.[1];
  // "add tag #x to …" and "add a note to …" change a task
  if (
    added !== undefined &&
    !/^(?:the\s+)?(?:tag|note|notes|reminder)s?\b.*\b(?:to|for)\b/i.test(added) &&
    !/^#\S+\s+to\s+/i.test(added)
  )
    return { kind: 'add', text: added };
  if (/^remind\s+me\b./i.test(text) && !readReminderChange(stripped(text)))
    return { kind: 'add', text };
  const needed =
    /^(?:i\s+(?:(?:need|have|ought|got|have\s+got)\s+to|must|should)|don['’]?t\s+(?:let\s+me\s+)?forget\s+(?:to)?|remember\s+to)\s+(?=\S)(.+)$/is.exec(
      text,
    )?.[1];
  return needed === undefined ? undefined : { kind: 'add', text: needed };
}

/** "make a list called Garden", "put milk in Shopping", "put wash the car on my list for friday". */
function readListCommand(plain: string): Command | undefined {
  const name =
    /^(?:make|create|add|start|set up)\s+(?:me\s+)?(?:a\s+|another\s+)?(?:new\s+)?(?:list|project)\s+(?:called|named|for|with the name)?\s*(.+)$/i.exec(
      plain,
    )?.[1] ?? /^new\s+list\s*:?\s+(?:called\s+|named\s+)?(.+)$/i.exec(plain)?.[1];
  if (name !== undefined)
    return { kind: 'addList', name: name.replace(/^["“'‘](.*)["”'’]$/s, '$1') };
  const listed =
    /^put\s+(.+?)\s+(?:on|onto|in)\s+(?:my|the)\s+(?:todo\s+|to-do\s+|task\s+)?lists?(?:\s+(.+))?$/i.exec(
      plain,
    );
  if (listed?.[1] !== undefined)
    return { kind: 'add', text: [listed[1], listed[2]].filter(Boolean).join(' ') };
  const put = /^put\s+(.+?)\s+(?:in|into|on|onto|under)\s+(?:my\s+|the\s+)?(.+)$/i.exec(plain);
  return put?.[1] !== undefined && put[2] !== undefined && !/\blist$/i.test(put[2])
    ? { kind: 'put', what: put[1], where: put[2] }
    : undefined;
}

const TRASH =
  '(?:the\\s+|my\\s+)?(?:trash(?:\\s*can)?|(?:recycle\\s+)?bin|(?:recently\\s+)?deleted(?:\\s+(?:tasks?|items?|things|ones))?)';
const SHOWS_TRASH = new RegExp(
  `^(?:(?:show|list|open|see|view)(?:\\s+me)?\\s+|what(?:['’]?s|\\s+is|\\s+are)?\\s+(?:in\\s+)?)?${TRASH}$`,
  'i',
);
const EMPTIES_TRASH = new RegExp(`^(?:empty|clear|purge|erase)\\s+(?:out\\s+)?${TRASH}$`, 'i');
const FROM_TRASH = new RegExp(`\\s+(?:from|out\\s+of|in)\\s+${TRASH}$`, 'i');

/** "restore the dentist", "bring the dentist back", "what is in the trash". */
function readTrash(plain: string): Command | undefined {
  if (EMPTIES_TRASH.test(plain)) return { kind: 'emptyTrash' };
  if (SHOWS_TRASH.test(plain) || /^what\s+(?:did|have)\s+i\s+(?:just\s+)?deleted?$/i.test(plain))
    return { kind: 'trash' };
  const target =
    /^(?:restore|undelete|un-delete|recover|bring\s+back|get\s+back)\s+(.+)$/i.exec(plain)?.[1] ??
    /^(?:bring|get)\s+(.+?)\s+back(?:\s+(?:from|out\s+of)\s.+)?$/i.exec(plain)?.[1];
  return target === undefined
    ? undefined
    : { kind: 'restore', target: target.replace(FROM_TRASH, '') };
}

function readTask(plain: string): Command | undefined {
  let match =
    /^(?:complete|finish|tick(?:\s+off)?|check(?:\s+off)?|close|done(?:\s+with)?)\s*:?\s+(.+)$/i.exec(
      plain,
    );
  if (match?.[1]) return { kind: 'complete', target: withoutOff(match[1]) };
  match =
    /^(?:mark|set)\s+(.+?)\s+(?:as\s+|to\s+)?(done|completed?|finished|open|undone|not done|incomplete|todo)$/i.exec(
      plain,
    );
  if (match?.[1])
    return {
      kind: /^(?:open|undone|not|incomplete|todo)/i.test(match[2] ?? '') ? 'reopen' : 'complete',
      target: match[1],
    };
  match = /^(?:i(?:['’]ve|\s+have)?\s+(?:just\s+)?(?:finished|completed|done|did))\s+(.+)$/i.exec(
    plain,
  );
  if (match?.[1]) return { kind: 'complete', target: match[1] };
  const did = readDid(plain);
  if (did) return did;
  match =
    /^(?!what|which|how|who|show|list|find|is\b|are\b)(.+?)(?:['’]s|\s+is|\s+are)\s+(?:not|un)\s*(?:done|finished|complete)(?:\s+yet)?$/i.exec(
      plain,
    );
  if (match?.[1]) return { kind: 'reopen', target: match[1] };
  match =
    /^(.+?)\s+(?:is|are|was)\s+(?:already\s+|now\s+)?(?:done|finished|complete|completed)$/i.exec(
      plain,
    );
  if (match?.[1] && !/^(?:what|which|how|who)\b/i.test(match[1]))
    return { kind: 'complete', target: match[1] };
  match = /^(?:reopen|re-open|uncomplete|uncheck|untick)\s+(.+)$/i.exec(plain);
  if (match?.[1]) return { kind: 'reopen', target: match[1] };
  match = /^(?:delete|remove|erase|trash|get\s+rid\s+of|throw\s+away|drop)\s+(.+)$/i.exec(plain);
  if (match?.[1]) return readRemoval(match[1]);
  match =
    /^(?:clear|empty|purge)\s+(?:out\s+)?((?:all\s+)?(?:my\s+|the\s+)?(?:done|completed|finished|overdue|open|everything|tasks|list|all)\b.*)$/i.exec(
      plain,
    );
  if (match?.[1])
    return {
      kind: 'delete',
      target: /^(?:all|every)/i.test(match[1]) ? match[1] : `all ${match[1]}`,
    };
  return readUpdate(plain);
}

/** "I paid the rent", "I haven't written the report", "the plants are watered". */
function readDid(plain: string): Command | undefined {
  const active =
    /^i(?:['’]ve|\s+have)?\s+(?:just\s+|already\s+|finally\s+|now\s+)?(\p{L}+)\s+(.+)$/iu.exec(
      plain,
    );
  if (
    active?.[1] &&
    active[2] &&
    !/^(?:had|got|said|thought|meant|wanted|needed|made)$/i.test(active[1])
  )
    if (verbsOf(active[1]).length > 0)
      return { kind: 'did', verb: active[1], object: active[2], undone: false };
  const not =
    /^i\s+(?:haven['’]?t|have\s+not|didn['’]?t|did\s+not)\s+(?:actually\s+|really\s+)?(\p{L}+)\s+(.+?)(?:\s+(?:after all|yet|actually))*$/iu.exec(
      plain,
    );
  if (not?.[1] && not[2]) return { kind: 'did', verb: not[1], object: not[2], undone: true };
  const passive =
    /^(.+?)\s+(?:is|are|has been|have been|was|were)\s+(?:now\s+|already\s+|all\s+)?(\p{L}+)$/iu.exec(
      plain,
    );
  if (
    passive?.[1] &&
    passive[2] &&
    !/^(?:what|which|how|who|when|where|is|are|it|that|this)\b/i.test(passive[1]) &&
    !/^(?:done|completed?|finished|tagged|needed|scheduled)$/i.test(passive[2]) &&
    verbsOf(passive[2]).length > 0
  )
    return { kind: 'did', verb: passive[2], object: passive[1], undone: false };
  return undefined;
}

function withoutOff(target: string): string {
  return target.replace(/\s+off$/i, '');
}

function readRemoval(rest: string): Command {
  const due = /^(?:the\s+)?(?:due(?:\s+date)?|date|deadline)\s+(?:of|from|for|on)\s+(.+)$/i.exec(
    rest,
  )?.[1];
  if (due) return { kind: 'update', target: due, change: { kind: 'noDue' } };
  const tag =
    /^(?:the\s+)?(?:tag\s+)?#?([\p{L}\p{N}_/-]+)(?:\s+tag)?\s+(?:from|off)\s+(.+)$/iu.exec(rest);
  if (
    tag?.[1] &&
    tag[2] &&
    (/^(?:the\s+)?(?:tag\b|#)/i.test(rest) || /\stag\s+(?:from|off)\s/i.test(rest))
  )
    return { kind: 'update', target: tag[2], change: { kind: 'tag', tag: tag[1], on: false } };
  return { kind: 'delete', target: rest };
}

/** Words of an answer to a list: how many, which, and words to find. */
const ASKS: readonly (readonly [RegExp, 'count' | 'show' | 'find'])[] = [
  [
    /^(?:how\s+(?:many|much)|count|(?:what(?:['’]?s|\s+is)\s+)?(?:the\s+)?(?:total\s+)?number\s+of|do\s+i\s+have\s+(?:a\s+lot|much|many)(?:\s+things)?)\b/i,
    'count',
  ],
  [
    /^(?:find|search(?:\s+for)?|look\s+(?:for|up)|tell\s+me\s+about|where\s+is|do\s+i\s+have\s+(?:any|some)thing\s+(?:about|for|with|on)(?!\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day|\s+to))\b/i,
    'find',
  ],
  [
    /^(?:(?:what|which)(?:['’]?s|s|\s+is|\s+are)?(?:\s+(?:do|did|have|should|was|am)\s+i\b)?(?:\s+(?:have|need|got))?(?:\s+to\s+do)?|show(?:\s+me)?|list|display|give\s+me|view|see|do\s+i\s+have|have\s+i\s+got|is\s+there|are\s+there|is\s+any(?:thing)?|are\s+any|am\s+i(?=.*\b(?:late|behind|overdue))|any(?:thing)?|read(?=\s+(?:me\s+)?(?:my|the|out)\b))(?=\s|$)/i,
    'show',
  ],
];

const DONE_WORD =
  /\b(?:done|completed?|finish(?:ed)?|closed?|accomplish(?:ed)?|achieved?|tick(?:ed)?)\b/i;

function readList(plain: string): Command | undefined {
  for (const [pattern, mode] of ASKS) {
    const lead = pattern.exec(plain)?.[0];
    if (lead !== undefined) {
      const rest = plain.slice(lead.length).trim();
      const past = /\bdid\s+i\b/i.test(lead) && !DONE_WORD.test(rest) && !/^have\b/i.test(rest);
      return { kind: 'list', words: past ? `done ${rest}` : rest, mode };
    }
  }
  if (
    /^(?:my\s+|all\s+|all\s+my\s+|the\s+)?(?:open\s+|done\s+|overdue\s+|high\s+priority\s+)?(?:tasks?|todos?|to-dos?|agenda|overdue|list|lists)\b.*$/i.test(
      plain,
    ) ||
    /^(?:today|tomorrow|this week|next week|this month|overdue|agenda|(?:my )?inbox)$/i.test(plain)
  )
    return { kind: 'list', words: plain, mode: 'show' };
  return undefined;
}
