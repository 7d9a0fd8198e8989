// iCalendar (RFC 5545, 7986): what calendar and task programs exchange. The first reading splits the file into entries and
// collects zones and changed occurrences; each entry is understood once the whole file was seen.
import type { Draft, ReadContext, Reader, StagedEntry } from '../entry.ts';
import type { CalendarContent } from './calendar-content.ts';
import { components, firstValue } from './components.ts';
import type { Component } from './components.ts';
import { parseLine, rawLines } from './content-lines.ts';
import { draftOfTodo } from './read-todo.ts';
import type { Override } from './occurrences.ts';
import { fileZones } from './zones.ts';

/** Changed occurrences that wait for their series. */
const MAX_OVERRIDES = 20_000;

/** The reader. */
export function calendarReader(context: ReadContext): Reader {
  const zones = fileZones(context.zone, context.now);
  const overrides = new Map<string, Override[]>();
  const remarks: string[] = [];
  return {
    format: 'icalendar',
    hasWorldwideUids: true,
    entries: async function* (text) {
      const series = new Set<string>();
      const waiting: { component: Component; uid: string; id: string }[] = [];
      const sink = {
        zone: zones.define,
        remark: (remark: string) => void remarks.push(remark),
      };
      for await (const component of components(rawLines(text), sink)) {
        const uid = firstValue(component.lines, 'UID');
        const id = firstValue(component.lines, 'RECURRENCE-ID');
        if (uid !== undefined && id !== undefined && waiting.length < MAX_OVERRIDES) {
          waiting.push({ component, uid, id });
          continue;
        }
        if (uid !== undefined) series.add(uid);
        yield staged(component, uid);
      }
      for (const { component, uid, id } of waiting) {
        if (!series.has(uid)) {
          // its series is elsewhere: the occurrence is a task by itself
          series.add(uid);
          yield staged(component, uid);
          continue;
        }
        const known = overrides.get(uid) ?? [];
        known.push({
          kind: component.kind,
          lines: component.lines,
          status: firstValue(component.lines, 'STATUS')?.toUpperCase(),
        });
        overrides.set(uid, known);
        const entry = staged(component, uid);
        const content = { ...(entry.content as CalendarContent), overrides: id };
        yield { ...entry, uid: `${uid} ${id}`, isAside: true, content };
      }
    },
    finish: (entry): Draft => {
      const content = entry.content as CalendarContent;
      return draftOfTodo(content, overrides.get(entry.uid ?? '') ?? [], {
        zone: context.zone,
        zones,
      });
    },
    lists: () => [],
    remarks: () => remarks,
  };
}

function staged(
  { kind, lines, line, calendar, isCut }: Component,
  uid: string | undefined,
): StagedEntry {
  const isTask = kind === 'VTODO' || kind === 'VEVENT';
  const content: CalendarContent = { kind, lines, calendar, ...(isCut ? { isCut } : {}) };
  return {
    uid,
    line,
    ...(isTask ? relations(lines) : { isAside: true }),
    content,
  };
}

/** Whose subtask it is, by RELATED-TO; the first parent counts. RELTYPE=CHILD says the same from the other side. */
function relations(lines: readonly string[]): Pick<StagedEntry, 'parentUid' | 'childUids'> {
  let parentUid: string | undefined;
  const childUids: string[] = [];
  for (const line of lines) {
    if (!/^RELATED-TO[;:]/i.test(line)) continue;
    try {
      const { params, values } = parseLine(line);
      const uid = values[0]?.trim();
      const type = params['reltype']?.toUpperCase() ?? 'PARENT';
      if (!uid) continue;
      if (type === 'PARENT') parentUid ??= uid;
      if (type === 'CHILD') childUids.push(uid);
    } catch {
      // noted with the entry
    }
  }
  return { parentUid, ...(childUids.length > 0 ? { childUids } : {}) };
}
