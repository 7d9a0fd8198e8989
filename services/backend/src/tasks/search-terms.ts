// Search: each word (or "quoted phrase") must stand somewhere in title or notes, as literal text. Upper and lower case are
// the same, also for letters such as É; ß is ss; compatibility forms such as ﬁ are their plain letters. Accents count.

/** Longest search text, in characters. */
export const MAX_QUERY = 200;

/** Text as it is compared. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ');
}

/** What is stored for the search of a task. */
export function searchText(title: string, notes: string): string {
  return `${fold(title)}\n${fold(notes)}`;
}

/** LIKE patterns, each of which must match the stored text; an empty query has none and finds everything. */
export function likePatterns(query: string): string[] {
  const terms = fold(query).match(/"[^"]+"|\S+/g) ?? [];
  return terms
    .map((term) => (term.length > 2 && term.startsWith('"') ? term.slice(1, -1) : term))
    .map((term) => `%${term.replace(/[\\%_]/g, '\\$&')}%`);
}
