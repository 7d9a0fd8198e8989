// The three marks: #tag, !priority and +list, each at the start of a word; a name of several words goes in quotes.
// A sign with nothing nameable behind it is text: "C# course", "issue #42", "+49 30 …", "wow!".
import type { z } from 'zod';
import type { priority } from '@todo/contracts/task';
import { claim } from './source-text.ts';
import type { SourceText } from './source-text.ts';

/** Priority names of a task. */
export type Priority = z.output<typeof priority>;

// A number alone is no tag (issue #42), and a list's name begins with a letter (+49 30 is a telephone).
const TAG =
  /(?<=^|\s)#(?:"([^"\s][^"]*)"|(?=[\p{L}\p{N}_-]*\p{L})([\p{L}\p{N}_][\p{L}\p{N}_/-]*))(?=$|[\s,.;:!?])/gu;
const LIST = /(?<=^|\s)\+(?:"([^"\s][^"]*)"|(\p{L}[\p{L}\p{N}_/-]*))(?=$|[\s,.;:!?])/gu;
const PRIORITY = /(?<=^|\s)!(high|medium|med|low|none|1|2|3)(?=$|[\s,.;:!?])/gi;

const PRIORITIES: Readonly<Record<string, Priority>> = {
  high: 'high',
  '1': 'high',
  medium: 'medium',
  med: 'medium',
  '2': 'medium',
  low: 'low',
  '3': 'low',
  none: 'none',
};

/** What the marks said. Of several lists or priorities the last counts, and the others stay in the title. */
export interface Marks {
  readonly tags: string[];
  readonly priority: Priority;
  readonly list: string | null;
}

/** Claims the marks. */
export function claimMarks(source: SourceText): Marks {
  const tags: string[] = [];
  for (const match of source.rest.matchAll(TAG)) {
    const name = (match[1] ?? match[2] ?? '').trim();
    if (!tags.some((tag) => tag.toLowerCase() === name.toLowerCase())) tags.push(name);
    claim(source, rangeOf(match), 'tag', `tag ${name}`);
  }
  const listMark = [...source.rest.matchAll(LIST)].at(-1);
  const list = listMark ? (listMark[1] ?? listMark[2] ?? '').trim() : null;
  if (listMark && list) claim(source, rangeOf(listMark), 'list', `list ${list}`);
  const priorityMark = [...source.rest.matchAll(PRIORITY)].at(-1);
  const priority = PRIORITIES[priorityMark?.[1]?.toLowerCase() ?? 'none'] ?? 'none';
  if (priorityMark) claim(source, rangeOf(priorityMark), 'priority', `priority ${priority}`);
  return { tags, priority, list };
}

function rangeOf(match: RegExpExecArray): { start: number; end: number } {
  return { start: match.index, end: match.index + match[0].length };
}
