// What a person's message asks for, read from its words alone: no task's text is looked at here, so none can change what is
// understood. What is not recognised is not guessed: the engine asks.
//
// The order of the readers matters: "add …" first (everything after it is the task), then commands, then questions.
import type { Command } from './command-shape.ts';
import { readReminderChange, readUpdate } from './update-command.ts';

const POLITE =
  /^(?:(?:please|pls|hey|hi|hello|ok|okay|so|and|then|also|now|just)\b[\s,!]*|(?:can|could|would|will)\s+you\s+(?:please\s+)?|i(?:\s+would|['’]d)\s+like\s+(?:you\s+)?to\s+|i\s+want\s+(?:you\s+)?to\s+|let['’]?s\s+)+/i;

/** Which of several: "the second one", "2", "number 3", "first two", "1 and 3". */
export const ORDINAL_WORDS =
  /^(?:(?:the|number|no\.?|nr\.?|item|task|#)\s*)*(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d{1,2}(?:st|nd|rd|th)?)(?:\s*(?:,|and|&|,\s*and)\s*(?:(?:the|number|no\.?|#)\s*)*(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d{1,2}(?:st|nd|rd|th)?))*(?:\s+(?:one|ones|task|tasks|item|items|two|three))?$/i;

/** Reads a message. */
export function readCommand(message: string): Command {
  const text = message.trim().replace(/\s+/g, ' ');
  const plain = stripped(text);
  return (
    readShort(plain) ??
    readAdd(text) ??
    readAdd(text.replace(POLITE, '')) ??
    readTask(plain) ??
    readList(plain) ?? { kind: 'unknown', text }
  );
}

/** Without politeness and the end's punctuation. */
function stripped(text: string): string {
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
    /^(?:undo|revert|roll back|oops|take (?:that|it) back|bring (?:it|that|them) back)(?: (?:that|it|this|the last (?:one|change|action)|last))?$/i.test(
      plain,
    )
  )
    return { kind: 'undo' };
  if (/^(?:yes|y|yep|yeah|yup|sure|do it|go ahead|confirm|ok|okay|yes,? do it)$/i.test(plain))
    return { kind: 'yes' };
  if (
    /^(?:no|n|nope|cancel|never ?mind|don['’]?t|stop|abort|forget it|no,? don['’]?t)$/i.test(plain)
  )
    return { kind: 'no' };
  if (
    ORDINAL_WORDS.test(plain) ||
    /^(?:both|all of (?:them|these)|it|that one|this one)$/i.test(plain)
  )
    return { kind: 'pick', target: plain };
  return undefined;
}

function readAdd(text: string): Command | undefined {
  const added =
    /^(?:add|(?:create|make|put|write\s+down|note)\s+(?=(?:(?:a|an|the|another)\s+)?(?:new\s+)?(?:task|todo|to-do|item|reminder)\b)|new\s+(?=(?:task|todo|to-do)\b)|(?=(?:task|todo|to-do)\s*:))\s*(?:(?:a|an|the|another|one more)\s+)?(?:new\s+)?(?:(?:task|todo|to-do|item|reminder)\s*(?::|to\b|that\b|called\b|named\b)?\s+)?(?=\S)(.+)$/is.exec(
      text,
    )?.[1];
  // "add tag #x to …" and "add a note to …" change a task
  if (
    added !== undefined &&
    !/^(?:the\s+)?(?:tag|note|notes|reminder)s?\b.*\b(?:to|for)\b/i.test(added) &&
    !/^#\S+\s+to\s+/i.test(added)
  )
    return { kind: 'add', text: withoutListTail(added) };
  if (/^remind\s+me\b./i.test(text) && !readReminderChange(stripped(text)))
    return { kind: 'add', text };
  const needed =
    /^(?:i\s+(?:need|have|must|should|ought)(?:\s+to)?|don['’]?t\s+(?:let\s+me\s+)?forget\s+(?:to)?|remember\s+to)\s+(?=\S)(.+)$/is.exec(
      text,
    )?.[1];
  return needed === undefined ? undefined : { kind: 'add', text: needed };
}

/** "add milk to my list" is "add milk"; "add milk to the shopping list" names a list. */
function withoutListTail(text: string): string {
  return text
    .replace(
      /\s+(?:to|on|onto|in)\s+(?:my|the)\s+(?:todo|to-do|task)?\s*(?:list|lists|tasks|todos)\s*$/i,
      '',
    )
    .replace(
      /\s+(?:to|on|onto|in)\s+(?:my|the)\s+(\p{L}[\p{L}\p{N} _-]{0,60}?)\s+list\s*$/iu,
      ' +"$1"',
    );
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
  match = /^(.+?)\s+(?:is|are)\s+(?:not|un)\s*(?:done|finished|complete)(?:\s+yet)?$/i.exec(plain);
  if (match?.[1]) return { kind: 'reopen', target: match[1] };
  match =
    /^(.+?)\s+(?:is|are|was)\s+(?:already\s+|now\s+)?(?:done|finished|complete|completed)$/i.exec(
      plain,
    );
  if (match?.[1] && !/^(?:what|which|how|who)\b/i.test(match[1]))
    return { kind: 'complete', target: match[1] };
  match = /^(?:reopen|re-open|uncomplete|uncheck|untick|restore)\s+(.+)$/i.exec(plain);
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

function readList(plain: string): Command | undefined {
  const count = /^how\s+many\b/i.test(plain);
  const asked =
    /^(?:what(?:['’]?s|\s+is|\s+are)?(?:\s+(?:do|did|have|should)\s+i\b)?(?:\s+(?:have|need|got))?(?:\s+to\s+do)?|which|how\s+many|show(?:\s+me)?|list|display|give\s+me|view|see|read|do\s+i\s+have|have\s+i\s+got|is\s+there|are\s+there|any(?:thing)?|find|search(?:\s+for)?|look\s+(?:for|up)|where\s+is|when\s+is)\b\s*(.*)$/i.exec(
      plain,
    );
  if (asked) return { kind: 'list', words: asked[1] ?? '', count };
  if (
    /^(?:my\s+|all\s+|all\s+my\s+|the\s+)?(?:open\s+|done\s+|overdue\s+|high\s+priority\s+)?(?:tasks?|todos?|to-dos?|agenda|overdue|list|lists)\b.*$/i.test(
      plain,
    ) ||
    /^(?:today|tomorrow|this week|next week|this month|overdue|agenda|(?:my )?inbox)$/i.test(plain)
  )
    return { kind: 'list', words: plain, count };
  return undefined;
}
