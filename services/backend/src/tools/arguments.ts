// What a client sends as a tool's arguments, and how a refusal names them. Models fill optional arguments with null, and act
// only on messages that name an argument they know: never a field of the command behind the tool.
import { fieldErrors, invalidInput, Problem } from '@todo/contracts/problem';
import type { FieldError } from '@todo/contracts/problem';
import { z } from 'zod';

/**
 * Reads a call's arguments. Null for an optional argument that does not take null means that it is not given.
 * @param schema the tool's input.
 * @returns `given`: the arguments without such nulls; `read`: what the schema makes of them.
 * @throws Problem 400 naming each wrong argument and what was expected.
 */
export function readArguments<T>(
  schema: z.ZodObject & z.ZodType<T>,
  input: unknown,
): { given: unknown; read: T } {
  const given = withoutNulls(schema, input ?? {});
  const read = schema.safeParse(given);
  if (read.success) return { given, read: read.data };
  throw invalidInput(fieldErrors(read.error).map((error) => withKnownNames(schema, error)));
}

/** The argument that a field of a task command comes from: `recurrence.rule` is `repeat`, `2.listId` is `2.list`. */
export function argumentOf(field: string): string {
  return field
    .replace(/(^|\.)recurrence\.from$/, '$1repeatFrom')
    .replace(/(^|\.)recurrence(\.\w+)*$/, '$1repeat')
    .replace(/(^|\.)due\.zone$/, '$1dueZone')
    .replace(/(^|\.)due(\.\w+)+$/, '$1due')
    .replace(/(^|\.)listId$/, '$1list')
    .replace(/(^|\.)(reminders\.\d+)(\.\w+)+$/, '$1$2');
}

/**
 * Runs a command and names the fields of its refusal as the tool's arguments.
 * @param prefix where the command's fields are in the arguments, such as `tasks.`.
 */
export async function inArguments<T>(prefix: string, command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof Problem) || error.fields.length === 0) throw error;
    const fields = error.fields.map(({ field, message }) => ({
      field: `${prefix}${argumentOf(field)}`,
      message,
    }));
    throw invalidInput(fields);
  }
}

function withoutNulls(schema: z.ZodType, value: unknown): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => withoutNulls(inner.element as z.ZodType, item));
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  const shape = inner.shape as Record<string, z.ZodType>;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, one]) => one !== null || !isNotGiven(shape, name))
      .map(([name, one]) => [
        name,
        Object.hasOwn(shape, name) ? withoutNulls(shape[name] as z.ZodType, one) : one,
      ]),
  );
}

function isNotGiven(shape: Record<string, z.ZodType>, name: string): boolean {
  if (!Object.hasOwn(shape, name)) return false;
  const schema = shape[name] as z.ZodType;
  return schema.safeParse(undefined).success && !schema.safeParse(null).success;
}

/** For an argument that there is not: those that there are. */
function withKnownNames(schema: z.ZodType, error: FieldError): FieldError {
  if (error.message !== 'unknown field') return error;
  let around: z.ZodType = schema;
  for (const part of error.field.split('.').slice(0, -1)) {
    const inner = unwrapped(around);
    if (inner instanceof z.ZodArray) around = inner.element as z.ZodType;
    else if (inner instanceof z.ZodObject)
      around = (inner.shape as Record<string, z.ZodType>)[part] ?? around;
  }
  const inner = unwrapped(around);
  const names = inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  const known =
    names.length === 0 ? 'this tool takes no arguments' : `expected ${names.join(', ')}`;
  return { ...error, message: `unknown field: ${known}` };
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodDefault
  )
    inner = inner.unwrap() as z.ZodType;
  return inner;
}
