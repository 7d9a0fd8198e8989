#!/usr/bin/env bash
# todoman can't complete a repeating task of which one occurrence was changed: it takes the file for two tasks and refuses to write.
#
# Packages  todoman 4.1.0 (PyPI); with pytz 2026.6, which it imports and does not declare
# Input     one calendar object with a weekly VTODO and, under the same UID, a VTODO with RECURRENCE-ID that moves one of its
#           occurrences: a series and its override share a resource (RFC 5545 3.8.4.4, RFC 4791 4.1)
# Expected  one task, which can be completed
# Seen      two tasks are listed, and `todo done` of either is refused: "Todo is in read-only mode because there are multiple
#           todos in ...". Beside a server that stores single changes, todoman can only read such tasks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action=ignore --target python todoman==4.1.0 icalendar==7.3.2 pytz==2026.6 2>/dev/null
export PYTHONPATH=python HOME=$folder
mkdir -p lists/house
cat >config.py <<C
path = "$folder/lists/*"
date_format = "%Y-%m-%d"
time_format = "%H:%M"
default_list = "house"
cache_path = "$folder/cache.sqlite3"
C
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//example//EN \
  BEGIN:VTODO UID:plants DTSTAMP:20300101T000000Z DTSTART:20300107T090000Z DUE:20300107T100000Z 'SUMMARY:Water the plants' 'RRULE:FREQ=WEEKLY' END:VTODO \
  BEGIN:VTODO UID:plants DTSTAMP:20300101T000000Z RECURRENCE-ID:20300114T090000Z DTSTART:20300115T090000Z DUE:20300115T100000Z 'SUMMARY:Water the plants' END:VTODO \
  END:VCALENDAR >lists/house/plants.ics
todo() { python3 -m todoman --config config.py "$@" 2>&1 || true; }
seen=$(
  echo "listed: $(todo list | grep -c 'Water the plants')"
  for id in 1 2; do todo done "$id" | grep -o 'read-only mode because there are multiple todos'; done
)
expected='listed: 2
read-only mode because there are multiple todos
read-only mode because there are multiple todos'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
