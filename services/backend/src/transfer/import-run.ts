// The second half of an import, against the person's tasks: which entries are tasks already, what each one becomes, below whom.
// It goes in steps of some hundred entries, parents first. The caller decides whether all steps share a transaction or each has
// its own; what a step decided can be recorded and restored (run-state.ts).
import { Problem } from '@todo/contracts/problem';
import { showsSomething } from '@todo/contracts/text';
import type { ImportStore, NewImport } from '../tasks/import-store.ts';
import { MAX_DEPTH } from '../tasks/input.ts';
import { makeImported } from '../tasks/rules.ts';
import { adopter } from './adopt.ts';
import type { Adopted } from './adopt.ts';
import { ascendingId } from './ascending-ids.ts';
import { breather } from './breather.ts';
import type { DuplicateChoice } from './duplicates.ts';
import { changed, leftOut, quote } from './entry.ts';
import type { Draft, DraftList, Note, Reader } from './entry.ts';
import { alikeTasks, mergeEntry } from './merge.ts';
import type { ReadFile } from './read-file.ts';
import { becoming } from './report.ts';
import type { ImportReport } from './report.ts';
import { runState } from './run-state.ts';
import type { RunState, StepRecord } from './run-state.ts';
import type { Numbered } from './staging.ts';

/** Entries of one step, at least, while there are more of their level. */
const STEP = 400;

/** Some entries that are stored together. */
export interface Step {
  /** From 0. */
  readonly number: number;
  readonly entries: readonly Numbered[];
}

/** How entries that are tasks already are treated, and whether anything is stored. */
export interface RunOptions {
  readonly duplicates: DuplicateChoice;
  readonly dryRun: boolean;
}

/** A run of one import. */
export interface ImportRun {
  /** The steps behind those that are done, in order. */
  readonly steps: (done: number) => AsyncGenerator<Step>;
  /** Decides about a step's entries and stores what becomes of them. */
  readonly take: (step: Step, store: ImportStore) => Promise<void>;
  /** What was decided since the last call. */
  readonly takeRecord: () => StepRecord;
  /** Takes over what a stored step decided. */
  readonly restore: (record: StepRecord) => void;
  readonly report: (importId: string | null) => ImportReport;
}

/** Begins a run. */
export function importRun(file: ReadFile, options: RunOptions): ImportRun {
  const { reader, staging, tree, encoding } = file;
  const state = runState(file.entries.length);
  const adopt = adopter(file.now);
  return {
    steps: async function* (done) {
      let number = 0;
      for (let level = 0; level <= tree.deepest; level += 1) {
        let entries: Numbered[] = [];
        for await (const batch of staging.read((index) => tree.levels[index] === level)) {
          entries.push(...batch);
          if (entries.length < STEP) continue;
          if (number >= done) yield { number, entries };
          number += 1;
          entries = [];
        }
        // a file may have lists and no entries
        if (entries.length === 0 && number > 0) continue;
        if (number >= done) yield { number, entries };
        number += 1;
      }
    },
    take: (step, store) => new StepRun({ file, options, state, adopt, store }).take(step),
    takeRecord: state.takeRecord,
    restore: state.restore,
    report: (importId) =>
      state.finish({
        importId,
        format: reader.format,
        encoding,
        dryRun: options.dryRun,
        remarks: reader.remarks(),
      }),
  };
}

interface StepParts {
  readonly file: ReadFile;
  readonly options: RunOptions;
  readonly state: RunState;
  readonly adopt: (draft: Draft) => Adopted;
  readonly store: ImportStore;
}

/** One step. A class, because its parts share the step's store and what it asked of it. */
class StepRun {
  private readonly parts: StepParts;
  private readonly made: NewImport[] = [];
  private known: ReadonlyMap<string, string> = new Map();
  private alike: Awaited<ReturnType<typeof alikeTasks>> | undefined;

  constructor(parts: StepParts) {
    this.parts = parts;
  }

  async take({ number, entries }: Step): Promise<void> {
    const { file, options, store } = this.parts;
    if (number === 0) {
      await this.prepareLists(file.reader.lists());
      await store.addFilters(file.reader.filters?.() ?? []);
    }
    this.known = await store.find(
      entries.flatMap(({ index }) =>
        [file.entries[index]?.name, file.tree.missing.get(index)].filter(
          (uid) => uid !== undefined,
        ),
      ),
    );
    const pause = breather();
    const drafts: { one: Numbered; draft: Draft }[] = [];
    for (const one of entries) {
      drafts.push({ one, draft: finished(file.reader, one) });
      await pause();
    }
    await this.prepareLists(
      drafts.flatMap(({ draft: { list } }) => (list && showsSomething(list.name) ? [list] : [])),
    );
    if (options.duplicates.byContent)
      this.alike = await alikeTasks(
        store,
        drafts.map(({ draft }) => draft.title),
        this.parts.state.isMatched,
      );
    for (const { one, draft } of drafts) {
      await this.takeOne(one, draft);
      await pause();
    }
    await store.add(this.made);
  }

  private async takeOne({ index, entry }: Numbered, draft: Draft): Promise<void> {
    const { file, options, state, adopt, store } = this.parts;
    const title = typeof draft.title === 'string' ? draft.title : undefined;
    const about = {
      entry: index + 1,
      ...(entry.line === undefined ? {} : { line: entry.line }),
      ...(entry.uid === undefined || entry.uid.startsWith('content:') ? {} : { uid: entry.uid }),
      ...(title === undefined ? {} : { title }),
    };
    const refuse = (why: string): void => {
      const notes = [...draft.remarks, leftOut('entry', why)];
      state.report({ ...about, outcome: 'left out', notes });
    };
    if (draft.joined === true) {
      state.report({ ...about, outcome: 'read', joined: true, notes: draft.remarks });
      return;
    }
    if (draft.leftOut !== undefined || entry.isAside === true) {
      refuse(draft.leftOut ?? 'not a task');
      return;
    }
    if (entry.uid !== undefined && file.tree.byUid.get(entry.uid) !== index) {
      refuse('an earlier entry of the file has the same UID');
      return;
    }
    const name = file.entries[index]?.name ?? null;
    const byName = name === null ? undefined : this.known.get(name);
    const adopted = adopt(draft);
    const notes: Note[] = [...adopted.notes];
    const listId = this.listOf(draft.list, notes);
    const existing = byName ?? this.alike?.(adopted, listId)?.id;
    const choice = existing === undefined ? 'add' : options.duplicates.of(index + 1);
    if (existing !== undefined && choice !== 'add') {
      const match = byName === undefined ? 'content' : 'id';
      state.setTask(index, existing, 0);
      state.setMatched(existing);
      const merged = choice === 'merge' ? await mergeEntry(store, existing, adopted, listId) : [];
      const found = { ...about, outcome: 'duplicate', taskId: existing, match } as const;
      state.report({ ...found, ...(merged.length > 0 && { merged: true }), notes: merged });
      return;
    }
    const parent = await this.parentOf(index, notes);
    const id = ascendingId(file.now, index);
    try {
      const task = makeImported(
        store.context,
        { ...adopted.input, parentId: parent.id, listId },
        this.stateOf(id, adopted),
      );
      state.setTask(index, id, parent.depth + 1);
      const outcome = notes.length > 0 ? 'changed' : 'read';
      const list = task.listId === null ? null : (draft.list?.name ?? null);
      const named = options.dryRun ? { becomes: becoming(task, list) } : { taskId: id };
      state.report({ ...about, title: task.title, outcome, ...named, notes });
      this.made.push({ task, uid: byName === undefined ? name : null, place: adopted.place });
    } catch (error) {
      if (error instanceof RangeError) refuse(error.message);
      else if (!(error instanceof Problem)) throw error;
      else
        refuse(
          error.fields.map(({ field, message }) => `${field}: ${message}`).join('; ') ||
            error.message,
        );
    }
  }

  private stateOf(id: string, adopted: Adopted) {
    const now = this.parts.file.now.toISOString();
    const createdAt = adopted.createdAt ?? now;
    const { status, completedAt, usual, exceptions } = adopted;
    return {
      ...{ id, status, completedAt, usual, exceptions, createdAt },
      updatedAt: adopted.updatedAt ?? (adopted.createdAt === null ? now : createdAt),
      ...this.seriesPlace(id, adopted),
    };
  }

  /** A series of the file is a new series here, with the same places; a place that is given twice begins one of its own. */
  private seriesPlace(
    id: string,
    { seriesId, occurrence }: Adopted,
  ): { seriesId: string | null; occurrence: number } {
    if (seriesId === null) return { seriesId: null, occurrence };
    const { state } = this.parts;
    const known = state.seriesOf(seriesId);
    const series = known ?? id;
    if (known === undefined) state.setSeries(seriesId, id);
    if (!state.takePlace(`${series} ${occurrence}`)) return { seriesId: id, occurrence: 1 };
    return { seriesId: series, occurrence };
  }

  /** Below whom a task goes, and how many tasks are above it then. */
  private async parentOf(
    index: number,
    notes: Note[],
  ): Promise<{ id: string | null; depth: number }> {
    const { state, store } = this.parts;
    const { tree } = this.parts.file;
    if (tree.cut.has(index))
      notes.push(changed('parent', 'its parents form a cycle: moved to the top level'));
    if (tree.raised.has(index))
      notes.push(changed('parent', `at most ${MAX_DEPTH} levels: moved up`));
    const missing = tree.missing.get(index);
    if (missing !== undefined) {
      const id = this.known.get(missing);
      const depth = id === undefined ? 0 : await store.depthOf(id);
      if (id !== undefined && depth <= MAX_DEPTH) return { id, depth };
      notes.push(
        changed('parent', `${quote(missing)} is not in the file: imported without a parent`),
      );
    }
    // the nearest entry above that has become a task, and leaves room below it
    for (let up = tree.parents[index] ?? -1; up >= 0; up = tree.parents[up] ?? -1) {
      const id = state.idOf(up);
      if (id !== undefined) {
        // a duplicate's depth is that of the task it is already
        const depth = state.depthOf(up) || Math.min(await store.depthOf(id), 100);
        if (state.depthOf(up) === 0) state.setTask(up, id, depth);
        if (depth <= MAX_DEPTH) return { id, depth };
      }
      notes.push(changed('parent', 'its parent was left out or is too deep: moved up'));
    }
    return { id: null, depth: 0 };
  }

  private listOf(list: DraftList | undefined, notes: Note[]): string | null {
    if (list === undefined || !showsSomething(list.name)) return null;
    const id = this.parts.state.listId(list);
    if (id === undefined)
      notes.push(leftOut('list', `${quote(list.name)}: the maximum number of lists is reached`));
    return id ?? null;
  }

  private async prepareLists(wanted: readonly DraftList[]): Promise<void> {
    const { state, store } = this.parts;
    const missing = new Map<string, DraftList>();
    for (const list of wanted)
      if (!state.hasList(list)) missing.set(`${list.copy} ${list.name}`, list);
    if (missing.size === 0) return;
    const lists = [...missing.values()];
    const found = await store.lists(lists.map((list) => list.name));
    lists.forEach((list, n) => {
      const one = found[n];
      state.setList(list, one?.id, one?.isNew === true ? one.name : undefined);
    });
  }
}

/** A draft; an entry that no reader was prepared for costs itself, not the file. */
function finished(reader: Reader, { entry }: Numbered): Draft {
  try {
    return reader.finish(entry);
  } catch (error) {
    return { remarks: [], leftOut: `could not be read: ${(error as Error).message}` };
  }
}
