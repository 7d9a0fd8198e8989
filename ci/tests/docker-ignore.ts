// Which files `docker build` leaves out, by the rules of its reference ("dockerignore file"): the last pattern that matches a
// path or one of its folders decides; `**` is any number of folders.

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
    for (const { keeps, pattern } of rules) if (ways.some((way) => pattern.test(way))) out = !keeps;
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
