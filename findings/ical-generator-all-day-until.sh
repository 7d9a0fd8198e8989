#!/usr/bin/env bash
# ical-generator ends an all-day series with a UTC time of day, which the RFC rules out there.
#
# Package   ical-generator 11.1.2 (npm)
# Input     an all-day event, repeated daily until 6 January 2027, without 5 January
# Expected  UNTIL=20270106: by RFC 5545 3.3.10 UNTIL must have the value type of DTSTART, here DATE
# Seen      DTSTART and EXDATE are dates, UNTIL is 20270106T000000Z
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical-generator@11.1.2
cat >ask.mjs <<'JS'
import generator from 'ical-generator';
const day = (date) => new Date(`2027-01-0${date}T00:00:00Z`);
const calendar = generator();
const repeating = { freq: 'DAILY', until: day(6), exclude: [day(5)] };
calendar.createEvent({ id: '1', start: day(4), end: day(5), allDay: true, summary: 'Watering', repeating });
const lines = calendar.toString().split('\r\n');
console.log(lines.filter((line) => /^(DTSTART|RRULE|EXDATE)/.test(line)).join('\n'));
JS
expected='DTSTART;VALUE=DATE:20270104
RRULE:FREQ=DAILY;UNTIL=20270106T000000Z
EXDATE;VALUE=DATE:20270105'
seen=$(TZ=UTC node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
