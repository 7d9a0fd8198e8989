// Which format is it? The content decides: browsers and people name files as they like. The media type only says what was meant
// where the content is of no known format, so that the refusal can say what was looked for.
import { invalidInput } from '@todo/contracts/problem';
import { csvReader } from './csv/read-csv.ts';
import type { ReadContext, Reader } from './entry.ts';
import { calendarReader } from './icalendar/read-calendar.ts';
import { jsonReader } from './json/read-json.ts';
import { markdownReader } from './text/markdown.ts';
import { todoTxtReader } from './text/todo-txt.ts';

/** The reader for a file. @param head its first part @throws Problem 400 for a format that is not known */
export function recognise(head: string, type: string | undefined, context: ReadContext): Reader {
  const start = head.replace(/^\uFEFF/, '').trimStart();
  const [, packed] = /^pf_(C?E?)[\d.]+__/.exec(start) ?? [];
  if (packed === '') return jsonReader(start, context);
  if (packed !== undefined)
    throw invalidInput([
      {
        field: 'line 1',
        message:
          'a compressed or encrypted sync file of Super Productivity. Export a backup there and import that',
      },
    ]);
  if (start === '') throw invalidInput([{ field: '(body)', message: 'the file is empty' }]);
  if (/^BEGIN:VCALENDAR/im.test(start)) return calendarReader(context);
  if (type === 'text/calendar')
    throw invalidInput([
      {
        field: 'line 1',
        message: `not iCalendar: expected BEGIN:VCALENDAR, found ${JSON.stringify(start.slice(0, 40))}`,
      },
    ]);
  if (/^[[{]/.test(start) && (type === 'application/json' || /^(\[\s*[\]{]|\{\s*["}])/.test(start)))
    return jsonReader(start, context);
  if (type === 'application/json')
    throw invalidInput([
      {
        field: 'line 1',
        message: `not JSON: expected { "tasks": [ … ] }, found ${JSON.stringify(start.slice(0, 40))}`,
      },
    ]);
  if (type !== 'text/csv') {
    if (/^\s*[-*+] \[[ xX]\] /m.test(start)) return markdownReader(context);
    if (type === 'text/markdown') return markdownReader(context);
    if (
      /^(x \d{4}-\d\d-\d\d |\([A-Z]\) |\d{4}-\d\d-\d\d )|(^|\s)[a-z]+:\d{4}-\d\d-\d\d(\s|$)|\s[@+]\S/m.test(
        start,
      ) &&
      !isTable(start)
    )
      return todoTxtReader();
    if (type === 'text/plain' && !isTable(start)) return todoTxtReader();
  }
  return csvReader(head, context);
}

/** Whether the first line looks like the header of a table. */
function isTable(start: string): boolean {
  const [line = ''] = start.split(/\r\n|\r|\n/);
  return /[,;\t|]/.test(line) && /(title|subject|task|content|name|date)/i.test(line);
}
