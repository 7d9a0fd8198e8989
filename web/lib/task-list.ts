// A list of tasks, apart from how lists are read and changed.

/** A list on the wire. */
export interface TaskList {
  id: string;
  name: string;
}
