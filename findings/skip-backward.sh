#!/usr/bin/env bash
# RFC 7529's SKIP=BACKWARD ("the 31st, or the month's last day") is refused with a wrong reason, or ignored without a word.
#
# Packages  recurring-ical-events 3.8.2 with icalendar 7.3.2 (PyPI), ical.js 2.2.1 (npm)
# Input     RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4 from 31 January 2027: 31 January, 28 February, 31 March, 30 April
# Seen      recurring-ical-events raises BadRuleStringFormat, "UNTIL parameter is missing": the rule has, and needs, no UNTIL
#           ical.js gives 31 January, 31 March, 31 May, 31 July: the months without a 31st are left out
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1
python3 -m pip install --quiet --root-user-action=ignore --target python recurring-ical-events==3.8.2 icalendar==7.3.2
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z \
  DTSTART:20270131T090000 'RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4' END:VEVENT END:VCALENDAR >event.ics
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
const calendar = new ICAL.Component(ICAL.parse(readFileSync('event.ics', 'utf8')));
const iterator = new ICAL.Event(calendar.getFirstSubcomponent('vevent')).iterator();
const days = [];
for (let next = iterator.next(); next; next = iterator.next()) days.push(next.toString().slice(0, 10));
console.log(`ical.js: ${days.join(' ')}`);
JS
cat >ask.py <<'PY'
import icalendar
import recurring_ical_events
with open("event.ics", "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
try:
    events = recurring_ical_events.of(calendar).between((2027, 1, 1), (2028, 1, 1))
    print("recurring-ical-events:", *(event["DTSTART"].dt.date() for event in events))
except recurring_ical_events.errors.BadRuleStringFormat as error:
    print("recurring-ical-events:", str(error).split(":")[0])
PY
expected='ical.js: 2027-01-31 2027-03-31 2027-05-31 2027-07-31
recurring-ical-events: UNTIL parameter is missing'
seen=$(node ask.mjs; PYTHONPATH=python python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
