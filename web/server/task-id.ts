// What stands for a task in an address.

/** Whether a part of an address can be the id of a task. */
export function isTaskId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
