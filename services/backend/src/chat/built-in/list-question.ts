// A question about tasks ("what's due this week", "show my high priority #work tasks in Errands") as the arguments of the
// tools that answer it. Words that name no filter are searched for.
import { isolated, shortened } from '@todo/contracts/text';
import type { TaskList } from '../../lists/lists.ts';
import type { ParseContext } from '../../quick-add/local-now.ts';
import { readSpan } from './time-span.ts';

/** A tool and its arguments, with words for the answer. */
export interface ListQuestion {
  readonly tool: 'list_tasks' | 'search_tasks' | 'list_lists';
  readonly input: Readonly<Record<string, unknown>>;
  /** Follows "2 tasks": "due this week", "tagged #home". */
  readonly label: string;
  /** Names at least one filter, so that "all" of them is not everything. */
  readonly filtered: boolean;
}

const FILLER =
  /\b(?:my|me|the|a|an|of|are|is|on|in|to|do|due|have|has|been|got|i|that|which|with|there|any|anything|everything|something|all|every|each|still|left|open|pending|remaining|active|current|currently|task|tasks|todo|todos|to-dos?|item|items|list|agenda|plate|planned|scheduled|coming|up|upcoming|next|now|for|about|called|named|should|need|must|please|and|did|was|were|when|where|what|it|them|these|those)\b/gi;

/** Reads a question. @param lists the person's lists, to know a name when it is said */
export function readQuestion(
  words: string,
  context: ParseContext,
  lists: readonly TaskList[],
): ListQuestion {
  let rest = words;
  const labels: string[] = [];
  const input: Record<string, unknown> = {};
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const match = pattern.exec(rest);
    if (!match) return undefined;
    rest = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`;
    return match;
  };

  if (/^\s*(?:(?:all|my|the)\s+)*(?:lists|projects)\s*$/i.test(rest)) {
    return { tool: 'list_lists', input: {}, label: '', filtered: true };
  }
  const quoted = take(/["“]([^"”]+)["”]/)?.[1];
  const tag = take(/(?:\b(?:tagged|with(?:\s+the)?\s+tag|tag)\s+#?|#)([\p{L}\p{N}_/-]+)/iu)?.[1];
  if (tag !== undefined) {
    input['tag'] = tag;
    labels.push(`tagged #${isolated(tag)}`);
  }
  const wantedPriority =
    take(/\b(high|medium|low)[\s-]+priority\b/i)?.[1] ??
    (take(/\b(?:urgent|important)\b/i) ? 'high' : undefined);
  if (wantedPriority !== undefined) {
    input['priority'] = wantedPriority.toLowerCase();
    labels.push(`with ${wantedPriority.toLowerCase()} priority`);
  }
  const list = lists
    .filter(({ name }) =>
      new RegExp(`(?<=^|[^\\p{L}\\p{N}])${escaped(name.trim())}(?=$|[^\\p{L}\\p{N}])`, 'iu').test(
        rest,
      ),
    )
    .sort((a, b) => b.name.length - a.name.length)[0];
  const inList =
    list &&
    take(
      new RegExp(
        `(?:\\b(?:in|on|from|of)\\s+)?(?:the\\s+|my\\s+)?(?:list\\s+)?(?<=^|[^\\p{L}\\p{N}])${escaped(list.name.trim())}(?:\\s+list)?`,
        'iu',
      ),
    );
  if (list && inList) {
    input['list'] = list.id;
    labels.push(`in ${isolated(list.name)}`);
  }
  if (take(/\b(?:done|completed?|finished|closed)\b/i)) {
    input['status'] = 'done';
    labels.push('that are done');
  }
  if (take(/\b(?:overdue|late|past due|missed)\b/i)) {
    input['overdue'] = true;
    labels.push('that are overdue');
  }
  const span = input['status'] === 'done' ? undefined : readSpan(rest, context);
  if (span) {
    rest = span.rest;
    if (span.from !== undefined) input['dueFrom'] = span.from;
    if (span.to !== undefined) input['dueTo'] = span.to;
    labels.push(`due ${span.label}`);
  }
  const query = [
    quoted === undefined ? '' : `"${quoted}"`,
    rest.replace(FILLER, ' ').replace(/[.,;:!?]+(?=\s|$)/g, ' '),
  ]
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (query !== '')
    return {
      tool: 'search_tasks',
      input: { query: shortened(query, 200), ...(tag === undefined ? {} : { tag }) },
      label: `with “${isolated(query.replaceAll('"', ''))}”`,
      filtered: true,
    };
  return { tool: 'list_tasks', input, label: labels.join(', '), filtered: labels.length > 0 };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
