// What the table of OWASP's ASVS promises about itself: every requirement of levels 1 and 2 once and in order, a state that is
// known, a test or a reason in each row, and the numbers above it. That its links lead somewhere is for the check of all links.
import type { Finding } from './dialect.ts';

/**
 * How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has, by its number; which of a section's numbers are of
 * level 3 and missing is not checked.
 */
const SECTIONS: Readonly<Record<string, number>> = {
  '1.1': 2,
  '1.2': 9,
  '1.3': 11,
  '1.4': 3,
  '1.5': 2,
  '2.1': 3,
  '2.2': 3,
  '2.3': 4,
  '2.4': 1,
  '3.2': 2,
  '3.3': 4,
  '3.4': 6,
  '3.5': 5,
  '3.7': 2,
  '4.1': 3,
  '4.2': 1,
  '4.3': 2,
  '4.4': 4,
  '5.1': 1,
  '5.2': 3,
  '5.3': 2,
  '5.4': 3,
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '8.1': 2,
  '8.2': 3,
  '8.3': 1,
  '8.4': 1,
  '9.1': 3,
  '9.2': 4,
  '10.1': 2,
  '10.2': 2,
  '10.3': 4,
  '10.4': 11,
  '10.5': 5,
  '10.6': 2,
  '10.7': 3,
  '11.1': 2,
  '11.2': 3,
  '11.3': 3,
  '11.4': 4,
  '11.5': 1,
  '11.6': 1,
  '12.1': 3,
  '12.2': 2,
  '12.3': 4,
  '13.1': 1,
  '13.2': 5,
  '13.3': 2,
  '13.4': 5,
  '14.1': 2,
  '14.2': 4,
  '14.3': 3,
  '15.1': 3,
  '15.2': 3,
  '15.3': 7,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
  '17.1': 1,
  '17.2': 4,
  '17.3': 2,
};

const STATES = ['met', 'partly', 'not met', 'not applicable'];

/** What is wrong with the table, by line. @param markdown docs/reference/asvs.md */
export function asvsFaults(markdown: string): Finding[] {
  const faults: Finding[] = [];
  const counts = new Map<string, number>();
  const states = new Map<string, number>();
  let last: number[] = [];
  markdown.split('\n').forEach((text, index) => {
    const match = /^\| V(\d+)\.(\d+)\.(\d+) +\|(.*)\|(.*)\|(.*)\|$/.exec(text);
    if (match === null) return;
    const fault = (message: string) => faults.push({ line: index + 1, message });
    const id = match.slice(1, 4).map(Number);
    const [state = '', evidence = ''] = match.slice(5).map((cell) => cell.trim());
    if (!isAfter(id, last)) fault(`V${id.join('.')} is twice or out of order`);
    last = id;
    if (!STATES.includes(state)) fault(`state ${state}: expected ${STATES.join(', ')}`);
    if (evidence === '') fault(`V${id.join('.')}: neither a test nor a reason`);
    const section = id.slice(0, 2).join('.');
    counts.set(section, (counts.get(section) ?? 0) + 1);
    states.set(state, (states.get(state) ?? 0) + 1);
  });
  for (const section of new Set([...Object.keys(SECTIONS), ...counts.keys()])) {
    const [wanted, found] = [SECTIONS[section] ?? 0, counts.get(section) ?? 0];
    if (wanted !== found)
      faults.push({ line: 1, message: `V${section}: ${found} rows, ASVS has ${wanted}` });
  }
  const sum = STATES.map((state) => `${states.get(state) ?? 0} ${state}`).join(', ');
  if (!markdown.includes(`**${sum};`))
    faults.push({ line: 1, message: `the sum above the table should be: ${sum}` });
  return faults;
}

function isAfter(id: readonly number[], before: readonly number[]): boolean {
  const at = id.findIndex((part, index) => part !== before[index]);
  return at !== -1 && (id[at] ?? 0) > (before[at] ?? -1);
}
