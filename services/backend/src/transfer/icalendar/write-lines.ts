// Content lines as RFC 5545 3.1 wants them: folded after 75 bytes, never within a character, text escaped.

/** Bytes of a line, its line break apart (RFC 5545 3.1). */
const MAX_BYTES = 75;

/** Text as a value: a line break of any kind is `\n`, other control characters are not allowed (3.3.11) and left out. */
export function escapeText(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      // eslint-disable-next-line no-control-regex -- these are what must not be written
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '')
      .toWellFormed()
      .replace(/[\\;,]/g, '\\$&')
      .replaceAll('\n', '\\n')
  );
}

/** A content line, folded, with its line break. @param name with parameters @param value as it stands in the file */
export function contentLine(name: string, value: string): string {
  const line = `${name}:${value}`;
  if (line.length <= MAX_BYTES / 3 || Buffer.byteLength(line) <= MAX_BYTES) return `${line}\r\n`;
  let folded = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > MAX_BYTES) {
      folded += '\r\n ';
      bytes = 1;
    }
    folded += character;
    bytes += size;
  }
  return `${folded}\r\n`;
}
