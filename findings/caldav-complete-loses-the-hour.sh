#!/usr/bin/env bash
# A daily task at 08:00 in Berlin, completed in the afternoon, is due next at that moment of the afternoon, in UTC.
#
# Packages  caldav 3.6.0 (PyPI), its own way to complete an occurrence; Radicale 3.9.0 as the server
# Input     DTSTART;TZID=Europe/Berlin:20300701T080000, DUE an hour later, RRULE:FREQ=DAILY; complete(handle_rrule=True) at
#           15:42:07 UTC on the same day
# Expected  the next occurrence of the rule: 2 July 2030, 08:00 in Berlin (RFC 5545 3.8.5.3: the time comes from DTSTART)
# Seen      DTSTART:20300702T154207Z, DUE:20300702T164207Z: the hour and the zone are gone for good, since the rule goes on from there
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action=ignore --target python caldav==3.6.0 radicale==3.9.0 icalendar==7.3.2 recurring-ical-events==3.8.2
export PYTHONPATH=python
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >config <<C
[server]
hosts = 127.0.0.1:$port
[auth]
type = none
[storage]
filesystem_folder = $folder/store
[logging]
level = error
C
python3 -m radicale --config config 2>server.log &
server=$!
cat >complete.py <<'PY'
import datetime as dt, sys, time, urllib.error, urllib.request
import caldav
url = f"http://127.0.0.1:{sys.argv[1]}/"
for _ in range(100):
    try:
        urllib.request.urlopen(url)
        break
    except urllib.error.HTTPError:
        break
    except OSError:
        time.sleep(0.1)
tasks = caldav.DAVClient(url, username="mia", password="any").principal().make_calendar(
    name="Tasks", supported_calendar_component_set=["VTODO"])
task = tasks.save_todo("\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Example//EN", "BEGIN:VTODO", "UID:plants", "DTSTAMP:20240101T000000Z",
    "SUMMARY:Water the plants", "DTSTART;TZID=Europe/Berlin:20300701T080000", "DUE;TZID=Europe/Berlin:20300701T090000",
    "RRULE:FREQ=DAILY", "END:VTODO", "END:VCALENDAR", ""]))
task.complete(handle_rrule=True, completion_timestamp=dt.datetime(2030, 7, 1, 15, 42, 7, tzinfo=dt.timezone.utc))
for line in sorted(tasks.todo_by_uid("plants").data.splitlines()):
    if line.startswith(("DTSTART;", "DTSTART:2030", "DUE", "RRULE:FREQ=DAILY")):
        print(line)
PY
expected='DTSTART:20300702T154207Z
DUE:20300702T164207Z
RRULE:FREQ=DAILY'
seen=$(python3 complete.py "$port" 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
