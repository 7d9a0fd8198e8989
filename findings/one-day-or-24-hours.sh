#!/usr/bin/env bash
# P1D and PT24H over a change of clocks: RFC 5545 keeps them apart, and each of two readers gets one of them wrong.
#
# Packages  node-ical 0.27.2 (npm), icalendar 7.3.2 with tzdata 2026.6 (PyPI)
# Input     an event in New York from 13 March 2027, 12:00, the day before clocks go forward: once DURATION:P1D, once PT24H
# Expected  RFC 5545 3.3.6: days are nominal, so P1D ends on the 14th at 12:00 (16:00 UTC);
#           hours are exact, so PT24H ends on the 14th at 13:00 (17:00 UTC)
# Seen      node-ical ends both at 17:00 UTC, icalendar (Event.end) both at 16:00 UTC
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.27.2
python3 -m pip install --quiet --root-user-action=ignore --target python icalendar==7.3.2 tzdata==2026.6
for duration in P1D PT24H; do
  printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z \
    'DTSTART;TZID=America/New_York:20270313T120000' "DURATION:$duration" END:VEVENT END:VCALENDAR >"$duration.ics"
done
cat >ask.mjs <<'JS'
import ical from 'node-ical';
for (const duration of ['P1D', 'PT24H']) {
  const event = Object.values(ical.sync.parseFile(`${duration}.ics`)).find(({ type }) => type === 'VEVENT');
  console.log(`node-ical, ${duration}: ${event.end.toISOString().slice(0, 16)} UTC`);
}
JS
cat >ask.py <<'PY'
from datetime import timezone
import icalendar
for duration in ("P1D", "PT24H"):
    with open(f"{duration}.ics", "rb") as file:
        event = icalendar.Calendar.from_ical(file.read()).events[0]
    print(f"icalendar, {duration}: {event.end.astimezone(timezone.utc):%Y-%m-%dT%H:%M} UTC")
PY
expected='node-ical, P1D: 2027-03-14T17:00 UTC
node-ical, PT24H: 2027-03-14T17:00 UTC
icalendar, P1D: 2027-03-14T16:00 UTC
icalendar, PT24H: 2027-03-14T16:00 UTC'
seen=$(TZ=UTC node ask.mjs; PYTHONPATH=python python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
