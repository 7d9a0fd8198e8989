// One function hides secrets in everything a deploy prints or writes: its own lines, the output of commands, reports and
// the files of a failure. A secret comes back in other clothes: a pod logs the password of an address, helm prints a
// Secret's base64, an error quotes JSON, a script echoes a quoted word. So each value is looked for in all these forms.

/** A value shorter than this many characters is a word that occurs everywhere: it is left alone. */
export const SHORTEST_VALUE = 6;
/** The same for one line of a value that has several, such as a key in PEM. */
export const SHORTEST_LINE = 8;

const MASK = '***';

/** Replaces secrets in a text by `***`. */
export type Mask = (text: string) => string;

/**
 * Masks each value in every form of {@link formsOf}, and so each line of a value that has several, the password inside an
 * address, and the credentials of a kubeconfig, whose other words stay.
 * @param values plain text of the secrets; those shorter than {@link SHORTEST_VALUE} characters are left alone
 */
export function maskOf(values: readonly string[]): Mask {
  const needles = new Set(
    values
      .flatMap(secretsIn)
      .flatMap(formsOf)
      .filter((form) => form.length >= SHORTEST_VALUE),
  );
  return (text) => {
    const found: [from: number, to: number][] = [];
    for (const needle of needles) {
      for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
        found.push([at, at + needle.length]);
      }
    }
    if (found.length === 0) return text;
    // secrets may overlap: what any of them covers goes
    found.sort(([one], [other]) => one - other);
    let masked = '';
    let end = 0;
    for (const [from, to] of found) {
      if (from >= end) masked += text.slice(end, from) + MASK;
      end = Math.max(end, to);
    }
    return masked + text.slice(end);
  };
}

/** What of a value is a secret by itself. */
function secretsIn(value: string): string[] {
  const text = value.trim();
  if (isKubeconfig(text)) return credentialsIn(text);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [
    text,
    ...(lines.length === 1 ? [] : lines.filter((line) => line.length >= SHORTEST_LINE)),
    ...passwordsIn(text),
  ].filter((part) => part.length >= SHORTEST_VALUE);
}

function isKubeconfig(text: string): boolean {
  return /^[\s{,-]*"?users"?:/m.test(text) || (/"users":/.test(text) && /"clusters":/.test(text));
}

/** Tokens, passwords and keys of a kubeconfig; a key also as it is inside its base64. */
function credentialsIn(text: string): string[] {
  const found = text.matchAll(
    /[\s{,-]"?(?:token|id-token|refresh-token|client-secret|password|client-key-data)"?:\s*["']?([^"'\s,}]+)/g,
  );
  return [...found].flatMap(([, credential = '']) => {
    const decoded = Buffer.from(credential, 'base64').toString('utf8');
    return decoded.startsWith('-----BEGIN')
      ? [credential, ...decoded.split('\n').filter((line) => line.length >= SHORTEST_LINE)]
      : [credential];
  });
}

/** `secret` of `postgres://user:secret@host/db`, as written and decoded. */
function passwordsIn(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^:@/\s]*:([^\s]+)@/i.exec(value)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/**
 * A text as programs write it: plain, URL-encoded, JSON-escaped, quoted for a shell or YAML, and as base64 and base64url,
 * alone or inside something longer such as `user:token`, once and twice over.
 */
export function formsOf(text: string): string[] {
  const inBase64 = base64FormsOf(text);
  return [
    ...new Set([
      text,
      ...urlFormsOf(text),
      ...jsonFormsOf(text),
      ...quotedFormsOf(text),
      ...inBase64,
      // Secrets of the type dockerconfigjson hold base64 of `user:token` inside base64
      ...inBase64.flatMap((form) => base64FormsOf(form)),
    ]),
  ];
}

function urlFormsOf(text: string): string[] {
  // half a character, as of a value that was cut, can't be encoded
  const whole = text.replaceAll(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  );
  const strict = encodeURIComponent(whole).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const forms = [encodeURIComponent(whole), strict, encodeURI(whole)];
  return [...forms, ...forms.map((form) => form.replaceAll('%20', '+'))].flatMap((form) => [
    form,
    form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

function jsonFormsOf(text: string): string[] {
  const inner = (one: string) => JSON.stringify(one).slice(1, -1);
  const json = inner(text);
  const code = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  // Go escapes these, and with them kubectl and helm
  const go = json.replaceAll(/[<>&\u2028\u2029]/g, code);
  const ascii = json.replaceAll(/[\u0080-\uffff]/g, code);
  return [json, go, ascii, json.replaceAll('/', '\\/')].flatMap((form) => [form, inner(form)]);
}

function quotedFormsOf(text: string): string[] {
  return [
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", "''"), // YAML
    text.replaceAll(/[\\"$`]/g, String.raw`\$&`),
    text.replaceAll(/[\\"$`!]/g, String.raw`\$&`),
    text.replaceAll(/[^\w@%+=:,./-]/g, String.raw`\$&`), // printf %q, without the next line's
    text.replaceAll(/[^\w@%+=:./-]/g, String.raw`\$&`), // bash also escapes a comma
    text
      .replaceAll(/[\\']/g, String.raw`\$&`)
      .replaceAll('\n', String.raw`\n`)
      .replaceAll('\t', String.raw`\t`), // $'…'
  ];
}

/**
 * What a text's bytes look like in the base64 of anything that contains them. Three bytes make four characters, so there are
 * three ways they can fall; characters that also depend on a neighbour are left out, but for the end of the whole.
 */
function base64FormsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    return [encoded.slice(from, to), encoded.slice(from), encoded.slice(from).replaceAll('=', '')]
      .filter((form) => form.length >= SHORTEST_VALUE)
      .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
  });
}
