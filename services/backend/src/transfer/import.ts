// An import, from the bytes of a file to its report: recognise the format, read every entry, find out whose subtask each one is,
// then store level by level, parents first, in one transaction. Nothing is stored that the report does not tell of; if the
// import fails, nothing is stored at all. Memory stays bounded: the file is never held as a whole (see staging.ts).
//
// Long because its steps share one transaction and one report: each reads what the one before it left.
import { invalidInput, Problem } from '@todo/contracts/problem';
import { showsSomething } from '@todo/contracts/text';
import { uuidv7 } from '@todo/runtime/uuid';
import type { Tasks } from '../tasks/commands.ts';
import type { ImportStore, NewImport } from '../tasks/import-store.ts';
import { MAX_DEPTH } from '../tasks/input.ts';
import { makeImported } from '../tasks/rules.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { adopter } from './adopt.ts';
import type { Adopted } from './adopt.ts';
import { readBodyText } from './body-text.ts';
import { breather } from './breather.ts';
import { changed, leftOut, quote } from './entry.ts';
import { contentNames, isWorldwide, keptName } from './entry-names.ts';
import type { Draft, DraftList, Note, Reader } from './entry.ts';
import { listName } from './list-name.ts';
import { recognise } from './recognise.ts';
import { becoming, reportBuilder } from './report.ts';
import type { ImportReport, ReportBuilder } from './report.ts';
import { createStaging } from './staging.ts';
import type { Numbered, Staging } from './staging.ts';
import { arrange } from './tree.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** Entries of one file. */
export const MAX_ENTRIES = 100_000;

/** Tasks that are stored with one statement, at least, while there are more. */
const MIN_STORED = 400;

/** Between two notes of progress so many entries are read, at least. */
const PROGRESS_EVERY = 500;

/** How far an import is. */
export interface ImportProgress {
  readonly stage: 'reading' | 'storing';
  /** Entries done in this stage. */
  readonly entries: number;
  /** Of how many; undefined while the file is read. */
  readonly of?: number;
}

/** How to import. */
export interface ImportOptions {
  /** The media type the client sent; the content decides where the two differ. */
  readonly type: string | undefined;
  readonly dryRun: boolean;
  /** What to do with an entry that an earlier import brought: nothing, or a second task. */
  readonly duplicates: 'skip' | 'add';
  readonly idempotencyKey: string | undefined;
  /** The file's name, for the list of imports. */
  readonly name: string | undefined;
  /** Told of every few hundred entries; a small file has nothing to tell. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** Imports a file. @throws Problem 400 when it is of no known format or empty, 413 when it is too large */
export async function importFile(
  tasks: Tasks,
  context: TaskContext,
  body: AsyncIterable<Buffer | string>,
  options: ImportOptions,
): Promise<ImportReport> {
  const { dryRun, duplicates, idempotencyKey, onProgress } = options;
  const name = listName(options.name ?? '') || null;
  const now = new Date();
  const file = await readBodyText(body);
  const reader = recognise(file.head, options.type, {
    zone: context.zone,
    locale: context.locale,
    now,
  });
  const staging = createStaging();
  const entries: ImportedEntry[] = [];
  const pause = breather();
  const nameByContent = contentNames();
  for await (const read of reader.entries(file.text)) {
    if (entries.length >= MAX_ENTRIES)
      throw new Problem(
        413,
        'too-large',
        `A file may have ${MAX_ENTRIES} entries. Split it and import the parts one by one.`,
      );
    const uid = read.uid ? keptName(read.uid) : undefined;
    const parentUid = read.parentUid ? keptName(read.parentUid) : undefined;
    const isKnownAs = uid !== undefined && (reader.hasWorldwideUids || isWorldwide(uid));
    const byContent = (): string => nameByContent(read.content);
    entries.push({
      uid,
      parentUid,
      childUids: read.childUids?.map(keptName),
      isAside: read.isAside,
      name: read.name ? keptName(read.name) : isKnownAs ? uid : byContent(),
    });
    await staging.add({ ...read, uid, parentUid });
    if (entries.length % PROGRESS_EVERY === 0)
      onProgress?.({ stage: 'reading', entries: entries.length });
    await pause();
  }
  if (entries.length === 0 && reader.lists().length === 0)
    throw invalidInput([
      { field: '(body)', message: `contains no tasks (read as ${reader.format})` },
    ]);
  const tree = arrange(entries, MAX_DEPTH);
  const run = (store: ImportStore): Promise<ImportReport> =>
    new Run({
      reader,
      staging,
      tree,
      entries,
      store,
      duplicates,
      dryRun,
      now,
      name,
      onProgress,
    }).report(file.encoding);
  if (dryRun) return await tasks.rehearseImport(context, run);
  const request = ['import', file.hash(), duplicates];
  return await tasks.importFile(context, { key: idempotencyKey, request }, run);
}

/** An entry's place, and the name it is recognised by later. */
interface ImportedEntry extends TreeEntry {
  readonly name: string;
}

interface RunOptions {
  readonly reader: Reader;
  readonly staging: Staging;
  readonly tree: Tree;
  readonly entries: readonly ImportedEntry[];
  readonly store: ImportStore;
  readonly duplicates: 'skip' | 'add';
  readonly dryRun: boolean;
  readonly now: Date;
  readonly name: string | null;
  readonly onProgress: ImportOptions['onProgress'];
}

/** The second half of an import, against the person's tasks. */
class Run {
  private readonly options: RunOptions;
  private readonly builder: ReportBuilder = reportBuilder();
  /** The task that each entry made or is already; undefined while it has none. */
  private readonly ids: (string | undefined)[];
  /** How many tasks are above each entry's task, with itself. */
  private readonly depths: Uint8Array;
  /** Made, and not stored yet. */
  private waiting: NewImport[] = [];
  private readonly lists = new Map<string, string | undefined>();
  private readonly newLists: string[] = [];
  private readonly series = new Map<string, string>();
  private readonly places = new Set<string>();
  private readonly nextId: () => string;
  private readonly adopt: (draft: Draft) => Adopted;

  constructor(options: RunOptions) {
    this.options = options;
    this.ids = new Array<string | undefined>(options.entries.length);
    this.depths = new Uint8Array(options.entries.length);
    this.nextId = ascendingIds(options.now);
    this.adopt = adopter(options.now);
  }

  async report(encoding: string): Promise<ImportReport> {
    const { reader, staging, tree, entries, store } = this.options;
    await store.begin(reader.format, this.options.name);
    await this.prepareLists(reader.lists());
    // ids go up in the order of the file, so that tasks made at one instant keep it
    const fresh = entries.map((entry) => (entry.isAside === true ? undefined : this.nextId()));
    let done = 0;
    for (let level = 0; level <= tree.deepest; level += 1) {
      for await (const batch of staging.read((index) => tree.levels[index] === level)) {
        await this.takeBatch(batch, fresh);
        done += batch.length;
        if (entries.length >= PROGRESS_EVERY)
          this.options.onProgress?.({ stage: 'storing', entries: done, of: entries.length });
      }
      await this.store();
    }
    const { dryRun } = this.options;
    return this.builder.finish({
      importId: await store.finish(),
      format: reader.format,
      encoding,
      dryRun,
      newLists: this.newLists,
      remarks: reader.remarks(),
    });
  }

  private async takeBatch(
    batch: readonly Numbered[],
    fresh: readonly (string | undefined)[],
  ): Promise<void> {
    const { store, tree, entries } = this.options;
    const asked = batch.flatMap(({ index }) => {
      const missing = tree.missing.get(index);
      return [entries[index]?.name, missing].filter((uid) => uid !== undefined);
    });
    const known = await store.find(asked);
    const drafts = await this.draw(batch);
    await this.prepareLists(
      drafts.flatMap(({ draft: { list } }) => (list && showsSomething(list.name) ? [list] : [])),
    );
    const pause = breather();
    for (const { one, draft } of drafts) {
      const id = fresh[one.index];
      const made = await this.take(one, draft, id, known);
      if (made) this.waiting.push(made);
      await pause();
    }
    if (this.waiting.length >= MIN_STORED) await this.store();
  }

  private async store(): Promise<void> {
    const made = this.waiting;
    this.waiting = [];
    await this.options.store.add(made);
  }

  /** The drafts of a batch. */
  private async draw(batch: readonly Numbered[]): Promise<{ one: Numbered; draft: Draft }[]> {
    const pause = breather();
    const drafts: { one: Numbered; draft: Draft }[] = [];
    for (const one of batch) {
      drafts.push({ one, draft: finished(this.options.reader, one) });
      await pause();
    }
    return drafts;
  }

  private async take(
    { index, entry }: Numbered,
    draft: Draft,
    id: string | undefined,
    known: ReadonlyMap<string, string>,
  ): Promise<NewImport | null> {
    const { store, tree, duplicates } = this.options;
    const title = typeof draft.title === 'string' ? draft.title : undefined;
    const about = {
      entry: index + 1,
      ...(entry.line === undefined ? {} : { line: entry.line }),
      ...(entry.uid === undefined || entry.uid.startsWith('content:') ? {} : { uid: entry.uid }),
      ...(title === undefined ? {} : { title }),
    };
    const refuse = (why: string): null => {
      const notes = [...draft.remarks, leftOut('entry', why)];
      this.builder.add({ ...about, outcome: 'left out', notes });
      return null;
    };
    if (draft.leftOut !== undefined || id === undefined)
      return refuse(draft.leftOut ?? 'not a task');
    if (entry.uid !== undefined && tree.byUid.get(entry.uid) !== index)
      return refuse('an earlier entry of the file has the same UID');
    const name = this.options.entries[index]?.name ?? null;
    const existing = name === null ? undefined : known.get(name);
    if (existing !== undefined && duplicates === 'skip') {
      this.ids[index] = existing;
      this.builder.add({ ...about, outcome: 'duplicate', taskId: existing, notes: [] });
      return null;
    }
    const adopted = this.adopt(draft);
    const notes: Note[] = [...adopted.notes];
    const parentId = await this.parentOf(index, known, notes);
    try {
      const task = makeImported(
        store.context,
        { ...adopted.input, parentId, listId: this.listOf(draft.list, notes) },
        this.stateOf(id, adopted),
      );
      this.ids[index] = id;
      const outcome = notes.length > 0 ? 'changed' : 'read';
      const list = task.listId === null ? null : (draft.list?.name ?? null);
      const named = this.options.dryRun ? { becomes: becoming(task, list) } : { taskId: id };
      this.builder.add({ ...about, title: task.title, outcome, ...named, notes });
      return { task, uid: existing === undefined ? name : null, place: adopted.place };
    } catch (error) {
      if (error instanceof RangeError) return refuse(error.message);
      if (!(error instanceof Problem)) throw error;
      return refuse(
        error.fields.map(({ field, message }) => `${field}: ${message}`).join('; ') ||
          error.message,
      );
    }
  }

  private stateOf(id: string, adopted: Adopted) {
    const now = this.options.now.toISOString();
    const createdAt = adopted.createdAt ?? now;
    const place = this.seriesPlace(id, adopted);
    return {
      id,
      status: adopted.status,
      completedAt: adopted.completedAt,
      createdAt,
      updatedAt: adopted.updatedAt ?? (adopted.createdAt === null ? now : createdAt),
      usual: adopted.usual,
      ...place,
    };
  }

  /** A series of the file is a new series here, with the same places; a place that is given twice begins one of its own. */
  private seriesPlace(
    id: string,
    { seriesId, occurrence }: Adopted,
  ): { seriesId: string | null; occurrence: number } {
    if (seriesId === null) return { seriesId: null, occurrence };
    const known = this.series.get(seriesId);
    const series = known ?? id;
    if (known === undefined) this.series.set(seriesId, id);
    const place = `${series} ${occurrence}`;
    if (this.places.has(place)) return { seriesId: id, occurrence: 1 };
    this.places.add(place);
    return { seriesId: series, occurrence };
  }

  private async parentOf(
    index: number,
    known: ReadonlyMap<string, string>,
    notes: Note[],
  ): Promise<string | null> {
    const { tree, store } = this.options;
    if (tree.cut.has(index))
      notes.push(changed('parent', 'its parents form a cycle: moved to the top level'));
    if (tree.raised.has(index))
      notes.push(changed('parent', `at most ${MAX_DEPTH} levels: moved up`));
    const missing = tree.missing.get(index);
    if (missing !== undefined) {
      const parentId = known.get(missing);
      const depth = parentId === undefined ? 0 : await store.depthOf(parentId);
      if (parentId !== undefined && depth <= MAX_DEPTH) {
        this.depths[index] = depth + 1;
        return parentId;
      }
      notes.push(
        changed('parent', `${quote(missing)} is not in the file: imported without a parent`),
      );
    }
    // the nearest entry above that has become a task, and leaves room below it
    for (let up = tree.parents[index] ?? -1; up >= 0; up = tree.parents[up] ?? -1) {
      const id = this.ids[up];
      if (id !== undefined) {
        // a duplicate's depth is that of the task it is already
        const depth = this.depths[up] || Math.min(await store.depthOf(id), 100);
        this.depths[up] = depth;
        if (depth <= MAX_DEPTH) {
          this.depths[index] = depth + 1;
          return id;
        }
      }
      notes.push(changed('parent', 'its parent was left out or is too deep: moved up'));
    }
    this.depths[index] = 1;
    return null;
  }

  private listOf(list: DraftList | undefined, notes: Note[]): string | null {
    if (list === undefined || !showsSomething(list.name)) return null;
    const id = this.lists.get(keyOf(list));
    if (id === undefined)
      notes.push(leftOut('list', `${quote(list.name)}: the maximum number of lists is reached`));
    return id ?? null;
  }

  private async prepareLists(wanted: readonly DraftList[]): Promise<void> {
    const missing = new Map(
      wanted.filter((list) => !this.lists.has(keyOf(list))).map((list) => [keyOf(list), list]),
    );
    if (missing.size === 0) return;
    const lists = [...missing.values()];
    const found = await this.options.store.lists(lists.map((list) => list.name));
    lists.forEach((list, n) => {
      const one = found[n];
      this.lists.set(keyOf(list), one?.id);
      if (one?.isNew === true) this.newLists.push(one.name);
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

function keyOf(list: DraftList): string {
  return `${list.copy} ${list.name}`;
}

/** Ids that sort in the order they were asked for, unlike two UUIDs of one millisecond. */
function ascendingIds(now: Date): () => string {
  let ms = now.getTime();
  let ready: string[] = [];
  return () => {
    if (ready.length === 0) {
      const at = ms;
      ready = Array.from({ length: 500 }, () => uuidv7(at))
        .sort()
        .reverse();
      ms += 1;
    }
    return ready.pop() as string;
  };
}
