#!/usr/bin/env bash
# rrule-temporal drops the day on which clocks jump over the rule's time of day.
#
# Package   rrule-temporal 2.2.8 (npm), with @js-temporal/polyfill 0.5.1
# Input     every day at 02:30 in New York from 13 March 2027; on the 14th, 02:30 does not exist there
# Expected  one occurrence each day: RFC 5545 3.3.5 reads a local time in the gap with the offset before it (03:30)
# Seen      13, 15, 16, 17 March: the 14th is missing, and COUNT=4 is filled up with a later day.
#           The same days asked for as FREQ=HOURLY;INTERVAL=24 keep the 14th, and stay at 03:30 from then on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund rrule-temporal@2.2.8 @js-temporal/polyfill@0.5.1
cat >ask.mjs <<'JS'
import { RRuleTemporal } from 'rrule-temporal';
for (const rule of ['FREQ=DAILY;COUNT=4', 'FREQ=HOURLY;INTERVAL=24;COUNT=4']) {
  const rruleString = `DTSTART;TZID=America/New_York:20270313T023000\nRRULE:${rule}`;
  const days = new RRuleTemporal({ rruleString }).all().map((at) => at.toString().slice(8, 16));
  console.log(`${rule}: ${days.join(' ')}`);
}
JS
expected='FREQ=DAILY;COUNT=4: 13T02:30 15T02:30 16T02:30 17T02:30
FREQ=HOURLY;INTERVAL=24;COUNT=4: 13T02:30 14T03:30 15T03:30 16T03:30'
seen=$(node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
