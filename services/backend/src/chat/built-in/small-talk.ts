// What is said without wanting anything done. Each answer is short, true, and changes nothing.
import type { Command } from './command-shape.ts';

const REPLIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:who|what) are you$|^are you (?:a |an )?(?:robot|bot|human|person|ai|machine|real)\b.*$/i,
    'I am the assistant of this todo list. I am a program and work by rules: I add, find, change and complete your tasks. Say “help” for examples.',
  ],
  [
    /^how(?:['’]?s| are| is) (?:you|it going|things)\b.*$/i,
    'Ready to work. What can I do for your tasks?',
  ],
  [/^(?:bye|goodbye|good ?night|see you|see ya|ciao)\b.*$/i, 'Goodbye. Your tasks are saved.'],
  [
    /^(?:lol|haha+|hehe+|wow|hm+|oh|ah|i see|got it|alright|fine)$/i,
    'All right. What should I do next?',
  ],
  [
    /^(?:(?:great|good|nice|well) (?:job|work|one|done|stuff)|well done|awesome|amazing|excellent|love it|you(?:['’]re| are) (?:great|the best|awesome|helpful))$/i,
    'You are welcome.',
  ],
  [
    /^you(?:['’]re| are) (?:useless|stupid|dumb|bad|wrong|annoying|no help)\b.*$/i,
    'Sorry that I was no help. I only understand plain sentences about tasks; say “help” for examples.',
  ],
  [/^(?:danke|danke schön|merci|gracias)$/i, 'You are welcome. I understand English only.'],
];
const NOW =
  /^what(?:['’]?s| is)? (?:the )?(?:(?:day|date|time)(?: and (?:date|time))?)(?: is (?:it|today))?(?: (?:today|now|right now|it))*$|^what (?:day|date) is (?:it )?today$/i;

/** Reads small talk, and the question for the day and the time. */
export function readSmallTalk(plain: string): Command | undefined {
  if (NOW.test(plain)) return { kind: 'now' };
  const found = REPLIES.find(([pattern]) => pattern.test(plain));
  return found && { kind: 'talk', reply: found[1] };
}
