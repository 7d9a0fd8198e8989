// What a benchmark found, as Markdown tables and one SVG plot.
import type { Measurement } from './measure.ts';

/** pgbench's inserts a second, measured beside each number of publishers. */
export interface Ceiling {
  publishers: number;
  perSecond: number;
}

/** All of one run. */
export interface Results {
  at: string;
  machine: string;
  server: string;
  versions: Record<string, string>;
  ceilings: Ceiling[];
  measurements: Measurement[];
  /** Contenders that could not run, and why. */
  absent: Record<string, string>;
}

const OURS = 'ours';
const NAMES: Record<string, string> = {
  ours: 'pubsub.postgresql',
  'ours-in-process': 'ours, without gRPC',
  bullmq: 'BullMQ (PostgreSQL)',
  'ours-daprd': 'ours, through daprd',
  'kafka-daprd': 'Kafka, through daprd',
};
/** Not on PostgreSQL: what is counted there is not theirs. */
const ELSEWHERE = ['kafka-daprd'];

function nameOf(contender: string): string {
  return NAMES[contender] ?? contender;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Median of pgbench's rates with so many clients. */
export function ceilingOf(results: Results, publishers: number): number | undefined {
  const rates = results.ceilings
    .filter((ceiling) => ceiling.publishers === publishers)
    .map((ceiling) => ceiling.perSecond)
    .toSorted((a, b) => a - b);
  return rates[Math.floor(rates.length / 2)];
}

/** The tables, one for each number of publishers and groups. */
export function markdown(results: Results): string {
  const combinations = new Map<string, Measurement[]>();
  for (const found of results.measurements) {
    const key = `${found.publishers}/${found.groups}`;
    combinations.set(key, [...(combinations.get(key) ?? []), found]);
  }
  const tables = [...combinations.values()].map((rows) => table(results, rows));
  return tables.join('\n\n');
}

function table(results: Results, rows: Measurement[]): string {
  const [first] = rows;
  if (!first) return '';
  const ceiling = ceilingOf(results, first.publishers);
  const title = `${count(first.publishers, 'publisher')}, ${count(first.groups, 'group')}`;
  const note =
    ceiling === undefined ? '' : ` (pgbench, ${first.publishers} clients: ${whole(ceiling)}/s)`;
  const head = [
    ...['queue', 'publish/s', 'of pgbench', 'deliveries/s', 'p50 ms', 'p99 ms'],
    ...[
      'statements/msg busy',
      'at 200/s',
      'WAL bytes/msg busy',
      'at 200/s',
      'dead rows/msg',
      'RSS MiB',
    ],
  ];
  const lines = rows.map((row) => [
    nameOf(row.contender),
    whole(row.publishPerSecond),
    ceiling === undefined ? '–' : `${whole((100 * row.publishPerSecond) / ceiling)} %`,
    whole(row.deliveriesPerSecond),
    row.p50.toFixed(1),
    row.p99.toFixed(1),
    ...(ELSEWHERE.includes(row.contender)
      ? ['–', '–', '–', '–', '–']
      : [
          row.statements.toFixed(2),
          row.statementsPaced.toFixed(2),
          whole(row.walBytes),
          whole(row.walBytesPaced),
          row.deadTuples.toFixed(2),
        ]),
    whole(row.residentBytes / 2 ** 20),
  ]);
  const cells = [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...lines];
  return `### ${title}${note}\n\n${cells.map((line) => `| ${line.join(' | ')} |`).join('\n')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const WIDTH = 820;
const LABEL = 170;
const BAR = 18;
const GAP = 6;

/** Bars: publishes and deliveries a second, and p99, of every contender in the largest combination measured. */
export function svg(results: Results): string {
  const most = results.measurements.toSorted(
    (a, b) => b.groups * b.publishers - a.groups * a.publishers,
  )[0];
  const rows = results.measurements.filter(
    (row) => row.groups === most?.groups && row.publishers === most.publishers,
  );
  const panels: { title: string; value: (row: Measurement) => number; digits: number }[] = [
    { title: 'publishes a second', value: (row) => row.publishPerSecond, digits: 0 },
    { title: 'deliveries a second', value: (row) => row.deliveriesPerSecond, digits: 0 },
    {
      title: 'publish to handled at 200 messages a second, p99 ms',
      value: (row) => row.p99,
      digits: 1,
    },
  ];
  let y = 56;
  const parts: string[] = [];
  for (const panel of panels) {
    parts.push(text(0, y, panel.title, 'font-weight="600"'));
    y += 12;
    const largest = Math.max(...rows.map((row) => panel.value(row)));
    for (const row of rows) {
      const value = panel.value(row);
      const width = Math.max(1, ((WIDTH - LABEL - 90) * value) / largest);
      const colour = row.contender.startsWith(OURS) ? '#2563eb' : '#94a3b8';
      parts.push(text(0, y + 14, nameOf(row.contender)));
      parts.push(
        `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${colour}"/>`,
        text(LABEL + width + 6, y + 14, panel.digits === 0 ? whole(value) : value.toFixed(1)),
      );
      y += BAR + GAP;
    }
    y += 26;
  }
  const subtitle = `${count(most?.publishers ?? 0, 'publisher')}, ${count(most?.groups ?? 0, 'group')}, 1 KB, synchronous_commit=on. ${results.machine}.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>Queues side by side</title>`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    text(0, 20, 'Queues on the same machine, side by side', 'font-size="16" font-weight="600"'),
    text(0, 38, subtitle, 'fill="#475569"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes.includes('fill=') ? '' : 'fill="#0f172a" '}${attributes}>${escaped}</text>`;
}
