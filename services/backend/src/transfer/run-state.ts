// What a run of an import has decided so far, in records of one step each: a process that continues an import takes the records
// of the steps that are stored, and knows all that the first one knew.
import type { DraftList } from './entry.ts';
import { countedAs, reportBuilder } from './report.ts';
import type { Counted, ImportReport, ReportBuilder, ReportedEntry } from './report.ts';

/** What one step decided; goes through JSON. */
export interface StepRecord {
  /** Entries that have a task now: number, task, how many tasks are above it with itself. */
  readonly tasks: (readonly [number: number, id: string, depth: number])[];
  /** Lists by their key; null: the person may have no more. */
  readonly lists: (readonly [key: string, id: string | null])[];
  readonly newLists: string[];
  /** Series of the file, and which they are here. */
  readonly series: (readonly [file: string, here: string])[];
  readonly places: string[];
  /** Tasks of the person that entries were found to be. */
  readonly matched: string[];
  readonly counts: Partial<Record<Counted, number>>;
  readonly reported: ReportedEntry[];
}

/** All that was decided, and what of it is new. */
export interface RunState {
  readonly idOf: (index: number) => string | undefined;
  readonly depthOf: (index: number) => number;
  readonly setTask: (index: number, id: string, depth: number) => void;
  readonly hasList: (list: DraftList) => boolean;
  readonly listId: (list: DraftList) => string | undefined;
  readonly setList: (list: DraftList, id: string | undefined, newName: string | undefined) => void;
  readonly seriesOf: (fileSeries: string) => string | undefined;
  readonly setSeries: (fileSeries: string, id: string) => void;
  /** Takes a place in a series. @returns false when it was taken before */
  readonly takePlace: (place: string) => boolean;
  readonly isMatched: (taskId: string) => boolean;
  readonly setMatched: (taskId: string) => void;
  readonly report: (entry: ReportedEntry) => void;
  readonly finish: (
    file: Pick<ImportReport, 'importId' | 'format' | 'encoding' | 'dryRun' | 'remarks'>,
  ) => ImportReport;
  /** What was decided since the last call. */
  readonly takeRecord: () => StepRecord;
  /** Takes over what a stored step decided. */
  readonly restore: (record: StepRecord) => void;
}

/** Makes an empty one. @param size entries of the file */
export function runState(size: number): RunState {
  const ids = new Array<string | undefined>(size);
  const depths = new Uint8Array(size);
  const lists = new Map<string, string | undefined>();
  const newLists: string[] = [];
  const series = new Map<string, string>();
  const places = new Set<string>();
  const matched = new Set<string>();
  const builder: ReportBuilder = reportBuilder();
  let record = emptyRecord();
  return {
    idOf: (index) => ids[index],
    depthOf: (index) => depths[index] ?? 0,
    setTask: (index, id, depth) => {
      ids[index] = id;
      depths[index] = depth;
      record.tasks.push([index, id, depth]);
    },
    hasList: (list) => lists.has(keyOf(list)),
    listId: (list) => lists.get(keyOf(list)),
    setList: (list, id, newName) => {
      lists.set(keyOf(list), id);
      record.lists.push([keyOf(list), id ?? null]);
      if (newName === undefined) return;
      newLists.push(newName);
      record.newLists.push(newName);
    },
    seriesOf: (fileSeries) => series.get(fileSeries),
    setSeries: (fileSeries, id) => {
      series.set(fileSeries, id);
      record.series.push([fileSeries, id]);
    },
    takePlace: (place) => {
      if (places.has(place)) return false;
      places.add(place);
      record.places.push(place);
      return true;
    },
    isMatched: (taskId) => matched.has(taskId),
    setMatched: (taskId) => {
      matched.add(taskId);
      record.matched.push(taskId);
    },
    report: (entry) => {
      const counted = countedAs(entry);
      record.counts[counted] = (record.counts[counted] ?? 0) + 1;
      const kept = builder.add(entry);
      if (kept) record.reported.push(kept);
    },
    finish: (file) => builder.finish({ ...file, newLists }),
    takeRecord: () => {
      const taken = record;
      record = emptyRecord();
      return taken;
    },
    restore: (stored) => {
      for (const [index, id, depth] of stored.tasks) {
        ids[index] = id;
        depths[index] = depth;
      }
      for (const [key, id] of stored.lists) lists.set(key, id ?? undefined);
      newLists.push(...stored.newLists);
      for (const [file, here] of stored.series) series.set(file, here);
      for (const place of stored.places) places.add(place);
      for (const id of stored.matched) matched.add(id);
      builder.restore(stored.counts, stored.reported);
    },
  };
}

function emptyRecord(): StepRecord {
  return {
    tasks: [],
    lists: [],
    newLists: [],
    series: [],
    places: [],
    matched: [],
    counts: {},
    reported: [],
  };
}

function keyOf(list: DraftList): string {
  return `${list.copy} ${list.name}`;
}
