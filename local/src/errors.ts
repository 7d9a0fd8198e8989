// What went wrong, in a few words, for messages that people read.

/** An error in a few words, with its cause (fetch hides the reason there). */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return [error.message, code ?? cause?.message].filter(Boolean).join(': ');
}
