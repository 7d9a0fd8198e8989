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

/** The words and phrases of a query, each of which must stand in the stored text; an empty query has none and finds everything. */
export function searchTerms(query: string): string[] {
  const terms = fold(query).match(/"[^"]+"|\S+/g) ?? [];
  return terms.map((term) => (term.length > 2 && term.startsWith('"') ? term.slice(1, -1) : term));
}

/** The LIKE pattern that finds a term as literal text. */
export function likePattern(term: string): string {
  return `%${term.replace(/[\\%_]/g, '\\$&')}%`;
}

/**
 * Whether pg_trgm's index can find a term: it takes three letters or digits in a row, wherever they stand.
 * [PostgreSQL 18, F.35.3: a pattern with no trigram degenerates to a full-index scan]
 */
export function hasTrigram(term: string): boolean {
  return /[\p{L}\p{N}]{3}/u.test(term);
}
