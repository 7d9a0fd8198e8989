// Filters that the person saved; list_tasks shows their tasks.
import { invalidInput } from '@todo/contracts/problem';
import { name, storableText } from '@todo/contracts/task';
import { isolated } from '@todo/contracts/text';
import { z } from 'zod';
import type { SavedFilter } from '../filters/saved-filters.ts';
import { filterText } from '../tasks/input.ts';
import { defineTool } from './tool.ts';
import type { ToolContext } from './tool.ts';

const saved = z.object({ name: z.string(), filter: z.string() });
const which = storableText(100).describe('Name of a saved filter');

export const listFilters = defineTool({
  name: 'list_filters',
  title: 'Show the saved filters',
  description: 'All saved filters of the person, in their order.',
  input: z.strictObject({}),
  output: z.object({ filters: z.array(saved) }),
  action: 'tools.read',
  effect: { readOnly: true, destructive: false, idempotent: true },
  run: async (context) => ({
    filters: (await context.filters.all(context)).map(view),
  }),
});

export const saveFilter = defineTool({
  name: 'save_filter',
  title: 'Save a filter',
  description: 'Saves a filter under a name; a saved filter of that name is replaced.',
  input: z.strictObject({ name, filter: filterText.describe('As filter of list_tasks') }),
  output: z.object({ filter: saved }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: true, idempotent: true },
  run: async (context, input) => {
    const same = await findSaved(context, input.name);
    const made = same
      ? await context.filters.change(context, same.id, { filter: input.filter })
      : await context.filters.add(context, input);
    return { filter: view(made) };
  },
});

export const deleteFilter = defineTool({
  name: 'delete_filter',
  title: 'Delete a saved filter',
  description: 'Deletes a saved filter. Its tasks are kept.',
  input: z.strictObject({ name: which }),
  output: z.object({ name: z.string(), deleted: z.literal(true) }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: true, idempotent: false },
  run: async (context, { name: words }) => {
    const { id, name: known } = await savedFilter(context, words, 'name');
    await context.filters.remove(context, id);
    return { name: known, deleted: true as const };
  },
});

/** A saved filter by its name. @throws Problem 400 naming `field` and the filters there are */
export async function savedFilter(
  context: ToolContext,
  words: string,
  field: string,
): Promise<SavedFilter> {
  const found = await findSaved(context, words);
  if (found) return found;
  const names = (await context.filters.all(context))
    .slice(0, 20)
    .map((one) => `“${isolated(one.name)}”`);
  throw invalidInput([
    {
      field,
      message: `no such filter; ${names.length > 0 ? `there are ${names.join(', ')}` : 'no filter is saved yet'}`,
    },
  ]);
}

async function findSaved(context: ToolContext, words: string): Promise<SavedFilter | undefined> {
  const wanted = words.trim().toLowerCase();
  return (await context.filters.all(context)).find(
    (one) => one.name.trim().toLowerCase() === wanted,
  );
}

function view({ name: known, filter }: SavedFilter): z.output<typeof saved> {
  return { name: known, filter };
}
