// Several things in one message: orders ("add stamps and mark the rent as done") and things to add ("milk, eggs and bread").
// A sentence is only divided where each part is complete by itself; else it stays one.
import { parseQuickAdd } from '../../quick-add/parse-quick-add.ts';
import type { ParseContext } from '../../quick-add/local-now.ts';
import { readCommand } from './command.ts';
import type { Command } from './command-shape.ts';

/** Words of a thing that is one of several. */
const MAX_WORDS = 5;
/** Words that make what follows a part of the same thing. */
const JOINS = /\s(?:to|with|for|from|about|of|at|by|between)(?:\s|$)/i;
/** What a part may ask for. */
const ORDERS: readonly Command['kind'][] = [
  'complete',
  'reopen',
  'delete',
  'update',
  'did',
  'addList',
];
/** Begins a part that is an order whatever stands before it. */
const NEW_TASK = /^(?:add|remind\s+me\s+(?:to|of|about)|create|new\s+task)\b/i;

/** The orders of a message; undefined when it is one. */
export function readOrders(text: string, context: ParseContext): Command[] | undefined {
  const parts = text
    .split(/\s*(?:,\s*)?\b(?:and\s+then|and|then)\s+/i)
    .filter((part) => part !== '');
  if (parts.length < 2) return undefined;
  const commands: Command[] = [];
  for (const [index, part] of parts.entries()) {
    const before = commands[index - 1];
    const command = index === 0 ? readCommand(part) : readPart(part, before, context);
    if (command === undefined) return undefined;
    if (index === 0 && command.kind !== 'add' && !ORDERS.includes(command.kind)) return undefined;
    commands.push(command);
  }
  return commands;
}

function readPart(
  part: string,
  before: Command | undefined,
  context: ParseContext,
): Command | undefined {
  if (before?.kind === 'addList' && /\s(?:to|in|on)\s+it$/i.test(part))
    return readCommand(part.replace(/\s(?:to|in|on)\s+it$/i, ` to the ${before.name} list`));
  if (before?.kind === 'add') {
    if (NEW_TASK.test(part)) return readCommand(part);
    if (/^(?:mark|complete|tick\s+off|delete|reopen)\b/i.test(part)) {
      const order = readCommand(part);
      return ORDERS.includes(order.kind) ? order : undefined;
    }
    // two things with a day each are two tasks
    const dated = [before.text, part].every((one) => parseQuickAdd(one, context).due !== null);
    return dated ? { kind: 'add', text: part } : undefined;
  }
  const command = readCommand(part);
  if (ORDERS.includes(command.kind) || command.kind === 'list') return command;
  if (command.kind === 'add' && NEW_TASK.test(part)) return command;
  if (before?.kind === 'update' && before.change.kind === 'due') {
    const moved = /^(.+?)\s+to\s+(.+)$/i.exec(part);
    if (moved?.[1] && moved[2])
      return { kind: 'update', target: moved[1], change: { kind: 'due', words: moved[2] } };
  }
  if (before?.kind === 'did') {
    const did = readCommand(`I ${part}`);
    if (did.kind === 'did') return did;
  }
  return undefined;
}

/**
 * The things of a list in words.
 * @param loose one "and" is enough: only where the person is asked before anything is added
 * @returns undefined when it is one thing
 */
export function readItems(text: string, loose: boolean): string[] | undefined {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:[-*•–]|\d+[.)]|\[[ x]?\])\s*/i, '').trim())
    .filter((line) => line !== '');
  if (lines.length > 1) return lines;
  const announced =
    /^(?:(?:\d+|two|three|four|five|six|seven|these|the following|some)\s+)?(?:tasks?|things?|items?|todos?)\s*:\s*|^:\s*/i.exec(
      text,
    )?.[0] ?? '';
  const rest = text.slice(announced.length);
  if (/["“”#+]/.test(rest)) return undefined;
  const commas = rest.split(/\s*(?:,|;)\s*(?:and\s+|&\s+)?/i).filter((part) => part !== '');
  const parts =
    commas.length > 1
      ? [...commas.slice(0, -1), ...(commas.at(-1) ?? '').split(/\s+(?:and|&)\s+/i)]
      : rest.split(/\s+(?:and|&)\s+/i);
  const enough =
    commas.length > 1
      ? parts.length >= (announced === '' ? 3 : 2)
      : parts.length >= (loose ? 2 : 3);
  // "dinner with Tom, Dick and Harry", "buy milk, eggs and bread": one thing, said at length
  const [first = '', ...others] = parts;
  const one =
    announced === '' &&
    first.includes(' ') &&
    (JOINS.test(first) || others.every((part) => !part.includes(' ')));
  return enough && !one && parts.every((part) => part.split(/\s+/).length <= MAX_WORDS)
    ? parts
    : undefined;
}
