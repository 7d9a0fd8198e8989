// Lists (projects) that tasks stand under.
import { z } from 'zod';
import { listName } from '../lists/lists.ts';
import { toListId } from './task-words.ts';
import { defineTool } from './tool.ts';

const list = z.object({ id: z.string(), name: z.string() });
const which = listName.describe('Name or id of a list');

export const listLists = defineTool({
  name: 'list_lists',
  title: 'Show the lists',
  description: 'All lists (projects) of the person, oldest first.',
  input: z.strictObject({}),
  output: z.object({ lists: z.array(list) }),
  action: 'tools.read',
  effect: { readOnly: true, destructive: false, idempotent: true },
  run: async (context) => ({
    lists: (await context.lists.all(context)).map(({ id, name }) => ({ id, name })),
  }),
});

export const addList = defineTool({
  name: 'add_list',
  title: 'Add a list',
  description: 'Creates a list (project). If a list with this name exists, returns that one.',
  input: z.strictObject({ name: listName }),
  output: z.object({ list }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: true },
  run: async (context, { name }) => {
    const same = (await context.lists.all(context)).find(
      (one) => one.name.trim().toLowerCase() === name.trim().toLowerCase(),
    );
    const made = same ?? (await context.lists.add(context, name));
    return { list: { id: made.id, name: made.name } };
  },
});

export const renameList = defineTool({
  name: 'rename_list',
  title: 'Rename a list',
  description: 'Renames a list; its tasks stay in it.',
  input: z.strictObject({ list: which, name: listName }),
  output: z.object({ list }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: true },
  run: async (context, { list: words, name }) => {
    const id = await toListId(context, words, 'list');
    const made = await context.lists.rename(context, id, name);
    return { list: { id: made.id, name: made.name } };
  },
});

export const deleteList = defineTool({
  name: 'delete_list',
  title: 'Delete a list',
  description: 'Deletes a list. Its tasks are kept, without a list. This cannot be undone.',
  input: z.strictObject({ list: which }),
  output: z.object({ id: z.string(), deleted: z.literal(true) }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: true, idempotent: false },
  run: async (context, { list: words }) => {
    const id = await toListId(context, words, 'list');
    await context.lists.remove(context, id);
    return { id, deleted: true as const };
  },
});
