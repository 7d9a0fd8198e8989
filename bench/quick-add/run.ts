// How much of the corpus quick add reads right, beside chrono-node alone: `npm run bench:quick-add`.
//
// chrono-node reads dates and times, no repetition and no reminder, so it is asked only for what it claims: the due of a line,
// and which words are left for the title. It gets what a careful caller would give it: the language, the person's order of day
// and month, noon of the person's day, and only results ahead of now; a time without a date is the next time the clock shows it.
import { availableParallelism, cpus } from 'node:os';
import { readArguments } from '@todo/deploy/run/usage';
import * as chrono from 'chrono-node';
import { parseQuickAdd } from '@todo/backend/quick-add/parse-quick-add';
import { CORPUS_TIME, LOCALES, corpusOf } from '@todo/testing/quick-add-corpus/lines';
import type { CorpusLanguage, CorpusLine } from '@todo/testing/quick-add-corpus/lines';

readArguments(
  'npm run bench:quick-add\n\nHow much of the corpus quick add reads right, beside chrono-node alone.',
  {},
);

/** Of a reading: what is left for the title, and `2027-05-20` or `2027-05-20T09:00`. */
interface Reading {
  readonly title: string;
  readonly due: string | null;
}

/** Today and the wall clock of the corpus. */
const TODAY = CORPUS_TIME.now.slice(0, 10);
const CLOCK = '21:00';
const READERS = { en: chrono.en.GB, de: chrono.de.casual, fr: chrono.fr.casual };

function chronoAlone(line: CorpusLine, language: CorpusLanguage): Reading {
  // marks are no business of a date parser
  const text = line.text
    .replace(/(?<=^|\s)(?:#home|!\w+|\+family)(?=$|\s)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const reference = new Date(`${TODAY}T12:00:00`);
  const [found] = READERS[language].parse(text, reference, { forwardDate: true });
  if (!found) return { title: text, due: null };
  const { start } = found;
  const hasDate = (['day', 'weekday', 'month'] as const).some((part) => start.isCertain(part));
  const part = (name: 'month' | 'day' | 'hour' | 'minute'): string =>
    String(start.get(name) ?? 0).padStart(2, '0');
  const time = start.isCertain('hour') ? `T${part('hour')}:${part('minute')}` : '';
  let date = `${start.get('year') ?? 0}-${part('month')}-${part('day')}`;
  if (!hasDate && time !== '') date = time.slice(1) > CLOCK ? TODAY : nextDay(TODAY);
  const title = `${text.slice(0, found.index)} ${text.slice(found.index + found.text.length)}`
    .replace(/\s+/g, ' ')
    .trim();
  return { title, due: `${date}${time}` };
}

function nextDay(date: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString().slice(0, 10);
}

interface Row {
  readonly group: string;
  readonly lines: number;
  readonly whole: number;
  readonly due: number;
  readonly chronoDue: number;
  readonly chronoBoth: number;
}

function groupOf({ rule, due, reminders }: CorpusLine): string {
  if (rule !== null) return 'repetitions';
  if (due === null) return 'titles that only look like dates';
  if (reminders.length > 0) return 'dates with a reminder';
  return due.length > 10 ? 'times, and dates with a time' : 'dates';
}

function measure(language: CorpusLanguage): Row[] {
  const rows = new Map<string, Row>();
  for (const line of corpusOf(language)) {
    const parsed = parseQuickAdd(line.text, {
      now: new Date(CORPUS_TIME.now),
      zone: CORPUS_TIME.zone,
      locale: LOCALES[language],
    });
    const { due } = parsed;
    const dueText =
      due === null
        ? null
        : due.kind === 'date'
          ? due.date
          : due.kind === 'local'
            ? due.local
            : due.at;
    const reminders = parsed.reminders.map((one) => ('before' in one ? one.before : one.at));
    const isDue = dueText === line.due;
    const isWhole =
      isDue &&
      parsed.title === line.title &&
      (parsed.recurrence?.rule ?? null) === line.rule &&
      reminders.join() === line.reminders.join() &&
      parsed.tags.join() === line.tags.join() &&
      parsed.priority === line.priority &&
      parsed.list === line.list;
    const alone = chronoAlone(line, language);
    const isChronoDue = alone.due === line.due;
    for (const group of [groupOf(line), 'all']) {
      const row = rows.get(group);
      rows.set(group, {
        group,
        lines: (row?.lines ?? 0) + 1,
        whole: (row?.whole ?? 0) + Number(isWhole),
        due: (row?.due ?? 0) + Number(isDue),
        chronoDue: (row?.chronoDue ?? 0) + Number(isChronoDue),
        chronoBoth: (row?.chronoBoth ?? 0) + Number(isChronoDue && alone.title === line.title),
      });
    }
  }
  return [...rows.values()].sort((a, b) => Number(a.group === 'all') - Number(b.group === 'all'));
}

const percent = (part: number, of: number): string => `${((part / of) * 100).toFixed(1)} %`;

console.log(
  `${new Date().toISOString()}. ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}, chrono-node 2.10.3.`,
);
for (const language of Object.keys(LOCALES) as CorpusLanguage[]) {
  const rows = measure(language);
  if (rows.length === 0) continue;
  console.log(`\n${language}\n`);
  console.log(
    '| lines | | quick add: all of it | quick add: due | chrono alone: due | chrono alone: due and title |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const row of rows)
    console.log(
      `| ${row.group} | ${row.lines} | ${percent(row.whole, row.lines)} | ${percent(row.due, row.lines)} | ${percent(row.chronoDue, row.lines)} | ${percent(row.chronoBoth, row.lines)} |`,
    );
}
