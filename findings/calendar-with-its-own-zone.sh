#!/usr/bin/env bash
# node-ical reads the time zone that a calendar brings along only under Outlook's name for one; under another name it is ignored.
#
# Packages  node-ical 0.27.2 (npm), icalendar 7.3.2 (PyPI)
# Input     a VTIMEZONE, always three and a half hours ahead of UTC, and an event at 09:00 in it; named "Customized Time Zone", then
#           "Head Office"
# Expected  05:30 UTC for both: RFC 5545 3.6.5 defines the zone by that component, and its name (3.8.3.1) is free
# Seen      node-ical: 05:30 UTC for the first; for the second 09:00 as the process's own zone has it, 14:00 UTC in New York
#           icalendar: 05:30 UTC for both
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.27.2
python3 -m pip install --quiet --root-user-action=ignore --target python icalendar==7.3.2
cat >ask.mjs <<'JS'
import ical from 'node-ical';
const event = Object.values(ical.sync.parseFile('event.ics')).find(({ type }) => type === 'VEVENT');
console.log(`node-ical: ${event.start.toISOString().slice(11, 16)} UTC`);
JS
cat >ask.py <<'PY'
from datetime import timezone
import icalendar
with open("event.ics", "rb") as file:
    event = icalendar.Calendar.from_ical(file.read()).events[0]
print(f"icalendar: {event.start.astimezone(timezone.utc):%H:%M} UTC")
PY
expected='Customized Time Zone
node-ical: 05:30 UTC
icalendar: 05:30 UTC
Head Office
node-ical: 14:00 UTC
icalendar: 05:30 UTC'
seen=$(for zone in 'Customized Time Zone' 'Head Office'; do
  printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN BEGIN:VTIMEZONE "TZID:$zone" BEGIN:STANDARD \
    DTSTART:20070101T000000 TZOFFSETFROM:+0330 TZOFFSETTO:+0330 END:STANDARD END:VTIMEZONE BEGIN:VEVENT UID:1 \
    DTSTAMP:20270101T000000Z "DTSTART;TZID=$zone:20270104T090000" "DTEND;TZID=$zone:20270104T100000" END:VEVENT END:VCALENDAR >event.ics
  echo "$zone"
  TZ=America/New_York node ask.mjs
  TZ=America/New_York PYTHONPATH=python python3 ask.py
done)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
