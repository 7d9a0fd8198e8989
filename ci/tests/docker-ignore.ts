// Which files `docker build` leaves out: the last pattern that matches decides; `**` is any number of folders. By its reference
// a pattern that matches a folder also matches what is in it. With buildx that does not hold where an earlier `!` pattern keeps
// a file in there, so a pattern that leaves out counts here only for the path itself, and for the first one, `*`.

/**
 * @param text of a .dockerignore
 * @returns whether a path, from the context's root, is left out
 */
export function dockerIgnores(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      keeps: line.startsWith('!'),
      pattern: patternOf(line.replace(/^!/, '').replace(/^\/|\/$/g, '')),
    }));
  return (path) => {
    const parts = path.split('/');
    const ways = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    let out = false;
    for (const [index, { keeps, pattern }] of rules.entries()) {
      const matches =
        keeps || index === 0 ? ways.some((way) => pattern.test(way)) : pattern.test(path);
      if (matches) out = !keeps;
    }
    return out;
  };
}

function patternOf(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('**/', '\0')
    .replaceAll('**', '\u0001')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '(?:.*/)?')
    .replaceAll('\u0001', '.*');
  return new RegExp(`^${source}$`);
}
