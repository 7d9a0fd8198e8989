#!/usr/bin/env bash
# rrule-temporal takes no notice of BYDAY beside BYYEARDAY: "the first Monday of the year" becomes its first seven days.
#
# Packages  rrule-temporal 2.2.8 and ical.js 2.2.1 (npm)
# Input     FREQ=YEARLY;BYYEARDAY=1,2,3,4,5,6,7;BYDAY=MO from Monday, 4 January 2027
# Expected  4 January 2027, 3 January 2028, 1 January 2029: RFC 5545 3.3.10, note 2 of its table, has BYDAY limit a yearly rule
#           with BYYEARDAY
# Seen      rrule-temporal: 4, 5 and 6 January 2027; ical.js: the three Mondays
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund rrule-temporal@2.2.8 @js-temporal/polyfill@0.5.1 ical.js@2.2.1
cat >ask.mjs <<'JS'
import ICAL from 'ical.js';
import { RRuleTemporal } from 'rrule-temporal';
const rule = 'FREQ=YEARLY;BYYEARDAY=1,2,3,4,5,6,7;BYDAY=MO;COUNT=3';
const moments = new RRuleTemporal({ rruleString: `DTSTART:20270104T090000Z\nRRULE:${rule}` }).all();
console.log(`rrule-temporal: ${moments.map((at) => at.toString().slice(0, 10)).join(' ')}`);
const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString('2027-01-04T09:00:00Z'));
const days = [];
for (let next = iterator.next(); next; next = iterator.next()) days.push(next.toString().slice(0, 10));
console.log(`ical.js: ${days.join(' ')}`);
JS
expected='rrule-temporal: 2027-01-04 2027-01-05 2027-01-06
ical.js: 2027-01-04 2028-01-03 2029-01-01'
seen=$(node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
