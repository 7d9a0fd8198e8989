// What a toast holds: shared by the code that shows one and the code that draws it, which is loaded later.

/** A short message at the bottom, with at most one thing to do about it. */
export interface ToastMessage {
  text: string;
  tone?: 'plain' | 'danger';
  action?: { label: string; run: () => void };
}

/** A message that is being shown. */
export interface ShownToast extends ToastMessage {
  id: number;
}
