#!/usr/bin/env bash
# icu-minify (the formatter of next-intl's compiled messages) ignores a plural's offset in production; in development it refuses it.
#
# Packages  icu-minify 4.15.0 and, as the second reader, intl-messageformat 12.1.5 (npm), on Node 24
# Input     {n, plural, offset:1 =0 {nobody} =1 {you} one {you and # other} other {you and # others}} with n = 2 and n = 3
# Expected  "you and 1 other", "you and 2 others": the offset is subtracted before the category is chosen and # is written
#           (ICU's MessageFormat, "plural" with offset); exact matches such as =1 are of the number as given
# Seen      icu-minify: "you and 2 others", "you and 3 others", without an error. The development build of the same package
#           (node --conditions=development) throws "Plural offsets are not supported" while compiling, so that a message which
#           no developer's build accepts is compiled wrongly by the one that is shipped. intl-messageformat: as expected
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund icu-minify@4.15.0 intl-messageformat@12.1.5
cat >say.mjs <<'JS'
import { IntlMessageFormat } from 'intl-messageformat';
import compile from 'icu-minify/compile';
import format from 'icu-minify/format';
const message =
  '{n, plural, offset:1 =0 {nobody} =1 {you} one {you and # other} other {you and # others}}';
const formatters = {
  getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
  getNumberFormat: (...given) => new Intl.NumberFormat(...given),
  getPluralRules: (...given) => new Intl.PluralRules(...given),
};
const minified = compile(message);
const other = new IntlMessageFormat(message, 'en');
for (const n of [0, 1, 2, 3])
  console.log(`${n}: ${format(minified, 'en', { n }, { formatters })} | ${other.format({ n })}`);
JS
cat >compile.mjs <<'JS'
import compile from 'icu-minify/compile';
try {
  compile('{n, plural, offset:1 other {#}}');
  console.log('compiled');
} catch (error) {
  console.log(error.message);
}
JS
expected='0: nobody | nobody
1: you | you
2: you and 2 others | you and 1 other
3: you and 3 others | you and 2 others
Plural offsets are not supported
compiled'
seen=$(node say.mjs; node --conditions=development compile.mjs; node compile.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
