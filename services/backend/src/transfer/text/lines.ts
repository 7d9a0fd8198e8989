// A text file's lines, with their numbers.

/** Longest line, in characters; what is longer is cut. */
const MAX_LINE = 100_000;

/** Splits a text that comes in pieces. Numbers begin with 1. */
export async function* textLines(
  text: AsyncIterable<string>,
): AsyncGenerator<{ line: string; number: number }> {
  let rest = '';
  let number = 0;
  for await (const piece of text) {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = (lines.pop() ?? '').slice(0, 2 * MAX_LINE);
    for (const line of lines) {
      number += 1;
      yield { line: plain(line, number), number };
    }
  }
  if (rest !== '') yield { line: plain(rest.replace(/\r$/, ''), number + 1), number: number + 1 };
}

function plain(line: string, number: number): string {
  return (number === 1 ? line.replace(/^\uFEFF/, '') : line).slice(0, MAX_LINE);
}
