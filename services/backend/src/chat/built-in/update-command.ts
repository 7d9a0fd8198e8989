// Commands that change one thing of a task: its due, list, title, priority, tags, notes or reminders.
import { NUMBER_WORDS } from '../../quick-add/languages/english-words.ts';
import { PRIORITY_WORDS } from '../conversation.ts';
import type { Change, Command, ShiftUnit } from './command-shape.ts';

const SHIFT =
  '(\\d{1,3}|an?|one|two|three|four|five|six|seven|ten)\\s+(minute|min|hour|day|week|month)s?';

/** Reads a change to a task; undefined when the words are none. */
export function readUpdate(plain: string): Command | undefined {
  let match = new RegExp(
    `^(?:postpone|push(?:\\s+back)?|delay|defer|snooze|move|shift|reschedule)\\s+(.+?)(?:\\s+back)?\\s+(?:by|for)\\s+${SHIFT}$`,
    'i',
  ).exec(plain);
  if (match?.[1]) return { kind: 'update', target: match[1], change: shift(match[2], match[3], 1) };
  match = new RegExp(
    `^(?:move|bring|pull)\\s+(.+?)\\s+(?:forward|up)\\s+(?:by\\s+)?${SHIFT}$`,
    'i',
  ).exec(plain);
  if (match?.[1])
    return { kind: 'update', target: match[1], change: shift(match[2], match[3], -1) };
  match = new RegExp(
    `^(?:postpone|push(?:\\s+back)?|delay|snooze)\\s+(.+?)\\s+${SHIFT}$`,
    'i',
  ).exec(plain);
  if (match?.[1]) return { kind: 'update', target: match[1], change: shift(match[2], match[3], 1) };

  match =
    /^(?:move|put)\s+(.+?)\s+(?:to|into|in|on)\s+(?:the\s+|my\s+)?(?:list\s+(.+)|(.+?)\s+list)$/i.exec(
      plain,
    );
  if (match?.[1])
    return {
      kind: 'update',
      target: match[1],
      change: { kind: 'list', name: unquoted(match[2] ?? match[3] ?? '') },
    };
  match =
    /^(?:move|reschedule|postpone|push|put\s+off|delay|defer|snooze|shift|schedule|plan)\s+(.+?)\s+(?:to|until|till|for|on|at)\s+(.+)$/i.exec(
      plain,
    );
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[1], change: { kind: 'due', words: match[2] } };
  match =
    /^(?:set|change)\s+(?:the\s+)?(?:due(?:\s+date)?|date|deadline|time)\s+(?:of|for)\s+(.+?)\s+to\s+(.+)$/i.exec(
      plain,
    );
  if (match?.[1] && match[2])
    return /^(?:none|nothing|never)$/i.test(match[2])
      ? { kind: 'update', target: match[1], change: { kind: 'noDue' } }
      : { kind: 'update', target: match[1], change: { kind: 'due', words: match[2] } };
  match =
    /^(?:make|set)\s+(.+?)\s+due\s+(.+)$/i.exec(plain) ??
    /^give\s+(.+?)\s+(?:a|the)\s+(?:due\s+)?(?:date|deadline)\s+(?:of|on)\s+(.+)$/i.exec(plain);
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[1], change: { kind: 'due', words: match[2] } };

  match = /^rename\s+(.+?)\s+(?:to|into|as)\s+(.+)$/i.exec(plain);
  if (match?.[1] && match[2])
    return {
      kind: 'update',
      target: match[1],
      change: { kind: 'title', title: unquoted(match[2]) },
    };
  match = /^(?:change|set)\s+(?:the\s+)?(?:title|name|text)\s+of\s+(.+?)\s+to\s+(.+)$/i.exec(plain);
  if (match?.[1] && match[2])
    return {
      kind: 'update',
      target: match[1],
      change: { kind: 'title', title: unquoted(match[2]) },
    };

  match =
    /^(?:set|change)\s+(?:the\s+)?priority\s+(?:of|for)\s+(.+?)\s+to\s+(high|medium|low|none|normal)$/i.exec(
      plain,
    );
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[1], change: priorityChange(match[2]) };
  match =
    /^(?:make|set|mark)\s+(.+?)\s+(?:as\s+|to\s+)?(high|medium|low|no|normal)(?:\s+priority)$/i.exec(
      plain,
    ) ?? /^(?:make|mark)\s+(.+?)\s+(?:as\s+)?(urgent|important)$/i.exec(plain);
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[1], change: priorityChange(match[2]) };

  match = /^tag\s+(.+?)\s+(?:with|as)\s+#?([\p{L}\p{N}_/-]+)$/iu.exec(plain);
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[1], change: { kind: 'tag', tag: match[2], on: true } };
  match = /^add\s+(?:the\s+)?(?:tag\s+#?|#)([\p{L}\p{N}_/-]+)\s+to\s+(.+)$/iu.exec(plain);
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[2], change: { kind: 'tag', tag: match[1], on: true } };
  match = /^untag\s+(.+?)\s+(?:from\s+)?#?([\p{L}\p{N}_/-]+)$/iu.exec(plain);
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[1], change: { kind: 'tag', tag: match[2], on: false } };

  match = /^(?:add\s+(?:a\s+)?notes?|note)\s+(?:to|for|on)\s+(.+?)\s*:\s*(.+)$/i.exec(plain);
  if (match?.[1] && match[2])
    return { kind: 'update', target: match[1], change: { kind: 'notes', text: match[2] } };

  return readReminderChange(plain) ?? readRepetition(plain) ?? readStatement(plain);
}

/** "repeat it every month", "stop repeating it". */
function readRepetition(plain: string): Command | undefined {
  const stop =
    /^(?:stop\s+repeating|don['’]?t\s+repeat)\s+(.+?)(?:\s+any\s?more)?$/i.exec(plain)?.[1] ??
    /^make\s+(.+?)\s+(?:stop|not)\s+repeat(?:ing)?$/i.exec(plain)?.[1];
  if (stop !== undefined)
    return { kind: 'update', target: stop, change: { kind: 'repeat', words: null } };
  const repeat =
    /^repeat\s+(.+?)\s+((?:every|each|on|daily|weekly|monthly|yearly|annually)\b.*)$/i.exec(
      plain,
    ) ??
    /^(?:make|have)\s+(.+?)\s+(?:repeat\s+)?((?:every|each|daily|weekly|monthly|yearly|annually)\b.*)$/i.exec(
      plain,
    );
  return repeat?.[1] && repeat[2]
    ? { kind: 'update', target: repeat[1], change: { kind: 'repeat', words: repeat[2] } }
    : undefined;
}

/** What is said of a task as a fact that it shall become: "the bike is due saturday", "it isn't urgent any more". */
function readStatement(plain: string): Command | undefined {
  const due =
    /^(?!what|which|who|how|when|show|list|find|is\b|are\b)(.+?)\s+(?:is|are)\s+(?:now\s+)?due\s+(?:on\s+)?(.+)$/i.exec(
      plain,
    );
  if (due?.[1] && due[2])
    return { kind: 'update', target: due[1], change: { kind: 'due', words: due[2] } };
  const calm =
    /^(.+?)\s+(?:isn['’]?t|is\s+not|is\s+no\s+longer)\s+(?:that\s+|so\s+)?(?:urgent|important|high\s+priority)(?:\s+any\s?more)?$/i.exec(
      plain,
    );
  if (calm?.[1]) return { kind: 'update', target: calm[1], change: priorityChange('none') };
  const weight =
    /^(?!what|which|who|how|when|is\b|are\b)(.+?)\s+(?:is|are)\s+(?:now\s+|very\s+)?(?:(high|medium|low)\s+priority|(urgent|important))(?:\s+now)?$/i.exec(
      plain,
    );
  const word = weight?.[2] ?? weight?.[3];
  return weight?.[1] && word
    ? { kind: 'update', target: weight[1], change: priorityChange(word) }
    : undefined;
}

/** "remind me an hour before", "remind me of it a day before": a reminder for a task that is there. */
export function readReminderChange(plain: string): Command | undefined {
  const named =
    /^remind\s+me\s+(?:of|about)\s+(it|that|this)\s+(.+)$/i.exec(plain) ??
    /^add\s+a\s+reminder\s+(?:to|for)\s+(.+?)\s+(\S+\s+\S+\s+before)$/i.exec(plain);
  if (named?.[1] && named[2])
    return { kind: 'update', target: named[1], change: { kind: 'remind', words: named[2] } };
  const about =
    /^remind\s+me\s+(?:of|about)\s+(.+?)\s+((?:an?|\d+|one|two|three|half\s+an)\s+(?:minute|min|hour|day|week)s?\s+before(?:hand)?)$/i.exec(
      plain,
    );
  if (about?.[1] && about[2])
    return { kind: 'update', target: about[1], change: { kind: 'remind', words: about[2] } };
  const plainly = /^remind\s+me\s+(\S+\s+\S+\s+before)(?:\s+(it|that|this))?$/i.exec(plain);
  return plainly?.[1] === undefined
    ? undefined
    : {
        kind: 'update',
        target: plainly[2] ?? 'it',
        change: { kind: 'remind', words: plainly[1] },
      };
}

function shift(amount = '', unit = '', sign: 1 | -1): Change {
  const short = unit.toLowerCase();
  return {
    kind: 'shift',
    amount: sign * (NUMBER_WORDS[amount.toLowerCase()] ?? Number(amount)),
    unit: (short === 'min' ? 'minute' : short) as ShiftUnit,
  };
}

function priorityChange(word: string): Change {
  return { kind: 'priority', priority: PRIORITY_WORDS[word.toLowerCase()] ?? 'none' };
}

function unquoted(text: string): string {
  return text.replace(/^["“](.*)["”]$/s, '$1').trim();
}
