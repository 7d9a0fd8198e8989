#!/usr/bin/env bash
# "This and all future ones, at two from now on": node-ical moves this one only, and keeps the rest at nine.
#
# Packages  node-ical 0.27.2 and ical.js 2.2.1 (npm), recurring-ical-events 3.8.2 with icalendar 7.3.2 (PyPI)
# Input     daily at 09:00 UTC, 4 to 7 January 2027; RECURRENCE-ID;RANGE=THISANDFUTURE on the 6th moves it to 14:00
# Expected  4 and 5 January at 09:00, 6 and 7 January at 14:00: RFC 5545 3.2.13 has the change reach the given and all later ones
# Seen      node-ical: the 7th stays at 09:00, no error; ical.js and recurring-ical-events: as expected
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.27.2 ical.js@2.2.1
python3 -m pip install --quiet --root-user-action=ignore --target python recurring-ical-events==3.8.2 icalendar==7.3.2
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN \
  BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z SUMMARY:Stand-up DTSTART:20270104T090000Z DTEND:20270104T100000Z \
  'RRULE:FREQ=DAILY;COUNT=4' END:VEVENT \
  BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z SUMMARY:Stand-up 'RECURRENCE-ID;RANGE=THISANDFUTURE:20270106T090000Z' \
  DTSTART:20270106T140000Z DTEND:20270106T150000Z END:VEVENT END:VCALENDAR >event.ics
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import ical from 'node-ical';
const text = readFileSync('event.ics', 'utf8');
const event = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT');
const instances = ical.expandRecurringEvent(event, { from: new Date('2027-01-01'), to: new Date('2027-02-01') });
console.log(`node-ical: ${instances.map(({ start }) => start.toISOString().slice(8, 16)).join(' ')}`);
const components = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
const [series, ...exceptions] = components.map((component) => new ICAL.Event(component));
for (const exception of exceptions) series.relateException(exception);
const starts = [];
const iterator = series.iterator();
for (let next = iterator.next(); next; next = iterator.next()) starts.push(series.getOccurrenceDetails(next).startDate);
console.log(`ical.js: ${starts.map((start) => start.toString().slice(8, 16)).join(' ')}`);
JS
cat >ask.py <<'PY'
import icalendar
import recurring_ical_events
with open("event.ics", "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
events = recurring_ical_events.of(calendar).between((2027, 1, 1), (2027, 2, 1))
print("recurring-ical-events:", *(f"{event.start:%dT%H:%M}" for event in events))
PY
expected='node-ical: 04T09:00 05T09:00 06T14:00 07T09:00
ical.js: 04T09:00 05T09:00 06T14:00 07T14:00
recurring-ical-events: 04T09:00 05T09:00 06T14:00 07T14:00'
seen=$(TZ=UTC node ask.mjs; PYTHONPATH=python python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
