// What a toast holds: shared by the code that shows one and the code that draws it, which is loaded later.

/** Something to do about a message. */
export interface ToastAction {
  label: string;
  run: () => void;
  /** It brings back what was taken back; the key that takes back the newest change leaves it out. */
  again?: boolean;
}

/** A short message at the bottom, with what can be done about it. */
export interface ToastMessage {
  text: string;
  tone?: 'plain' | 'danger';
  action?: ToastAction;
  /** Instead of one. */
  actions?: ToastAction[];
  /** It stays until it is closed or acted on. */
  lasting?: boolean;
}

/** A message that is being shown. */
export interface ShownToast extends ToastMessage {
  id: number;
}
