#!/usr/bin/env bash
# chrono-node on the last day of a month: "last month" can be this month, and "next month" the one after next.
#
# Package   chrono-node 2.10.3 (npm)
# Input     "last month", "next month" on 31 March 2027; "in a month" on 31 January 2027
# Expected  a day in February; in April; in February: the month that the words name
# Seen      3 March; 1 May; 3 March: the day is kept and flows over where the month has no such day
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund chrono-node@2.10.3
cat >ask.mjs <<'JS'
import { parseDate } from 'chrono-node';
for (const [today, words] of [['2027-03-31', 'last month'], ['2027-03-31', 'next month'], ['2027-01-31', 'in a month']]) {
  console.log(`${today}, ${words}: ${parseDate(words, new Date(`${today}T12:00:00Z`)).toISOString().slice(0, 10)}`);
}
JS
expected='2027-03-31, last month: 2027-03-03
2027-03-31, next month: 2027-05-01
2027-01-31, in a month: 2027-03-03'
seen=$(TZ=UTC node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
