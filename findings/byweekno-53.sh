#!/usr/bin/env bash
# "Every year in ISO week 53": three readers of RFC 5545, three answers, none with an error.
#
# Packages  ical.js 2.2.1 and rrule-temporal 2.2.8 (npm), python-dateutil 2.9.0.post0 (PyPI)
# Input     FREQ=YEARLY;BYWEEKNO=53 from Thursday, 31 December 2026, 09:00, a day of week 53 (28 December to 3 January).
# Expected  one meaning: RFC 5545 3.3.10 takes what a rule does not name, here the weekday, from DTSTART
# Seen      rrule-temporal: the Thursdays of weeks 53 (31 December 2026, 30 December 2032)
#           dateutil: all seven days of each week 53
#           ical.js: no occurrence at all, not even DTSTART's
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule-temporal@2.2.8 @js-temporal/polyfill@0.5.1
python3 -m pip install --quiet --root-user-action=ignore --target python python-dateutil==2.9.0.post0
cat >ask.mjs <<'JS'
import ICAL from 'ical.js';
import { RRuleTemporal } from 'rrule-temporal';
const event = new ICAL.Event(
  new ICAL.Component(
    ICAL.parse(
      ['BEGIN:VEVENT', 'UID:1', 'DTSTART:20261231T090000', 'RRULE:FREQ=YEARLY;BYWEEKNO=53;COUNT=3', 'END:VEVENT'].join('\r\n'),
    ),
  ),
);
const days = [];
for (const iterator = event.iterator(); days.length < 3; ) {
  const next = iterator.next();
  if (!next) break;
  days.push(next.toString().slice(0, 10));
}
console.log(`ical.js: ${days.join(' ') || 'none'}`);
const rruleString = 'DTSTART:20261231T090000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=53;COUNT=3';
const thursdays = new RRuleTemporal({ rruleString }).all();
console.log(`rrule-temporal: ${thursdays.map((at) => at.toString().slice(0, 10)).join(' ')}`);
JS
cat >ask.py <<'PY'
from datetime import datetime
from dateutil.rrule import rrulestr
days = rrulestr("FREQ=YEARLY;BYWEEKNO=53;COUNT=9", dtstart=datetime(2026, 12, 31, 9))
print("dateutil:", *(day.date() for day in days))
PY
expected='ical.js: none
rrule-temporal: 2026-12-31 2032-12-30 2037-12-31
dateutil: 2026-12-31 2027-01-01 2027-01-02 2027-01-03 2032-12-27 2032-12-28 2032-12-29 2032-12-30 2032-12-31'
seen=$(node ask.mjs; PYTHONPATH=python python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
