#!/usr/bin/env bash
# A meeting on three single dates (DTSTART and RDATE, no rule): one reader loses the first date, another the other two.
#
# Packages  ical.js 2.2.1 and node-ical 0.27.2 (npm), recurring-ical-events 3.8.2 with icalendar 7.3.2 (PyPI)
# Input     DTSTART on 4 January 2027, 09:00 UTC, RDATE on the 6th and the 8th
# Expected  4, 6, 8 January: RFC 5545 3.8.5.2 makes the set from DTSTART together with RRULE, RDATE and EXDATE
# Seen      ical.js: 6, 8 January; node-ical: 4 January; recurring-ical-events: all three
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.27.2
python3 -m pip install --quiet --root-user-action=ignore --target python recurring-ical-events==3.8.2 icalendar==7.3.2
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z SUMMARY:Review \
  DTSTART:20270104T090000Z DTEND:20270104T100000Z RDATE:20270106T090000Z,20270108T090000Z END:VEVENT END:VCALENDAR >event.ics
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import ical from 'node-ical';
const text = readFileSync('event.ics', 'utf8');
const iterator = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator();
const days = [];
for (let next = iterator.next(); next; next = iterator.next()) days.push(next.toString().slice(0, 10));
console.log(`ical.js: ${days.join(' ')}`);
const event = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT');
const instances = ical.expandRecurringEvent(event, { from: new Date('2027-01-01'), to: new Date('2027-02-01') });
console.log(`node-ical: ${instances.map(({ start }) => start.toISOString().slice(0, 10)).join(' ')}`);
JS
cat >ask.py <<'PY'
import icalendar
import recurring_ical_events
with open("event.ics", "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
events = recurring_ical_events.of(calendar).between((2027, 1, 1), (2027, 2, 1))
print("recurring-ical-events:", *(event["DTSTART"].dt.date() for event in events))
PY
expected='ical.js: 2027-01-06 2027-01-08
node-ical: 2027-01-04
recurring-ical-events: 2027-01-04 2027-01-06 2027-01-08'
seen=$(TZ=UTC node ask.mjs; PYTHONPATH=python python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
