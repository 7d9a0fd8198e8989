#!/usr/bin/env bash
# vobject writes a zone whose winter time begins an hour late, and with Python's own zones summer time too; UTC it can't write.
#
# Packages  vobject 0.9.9 (PyPI; CalDAV clients and servers write with it), python-dateutil 2.9.0.post0
# Input     a VTODO whose DUE is a datetime with datetime.timezone.utc, with ZoneInfo("Europe/Berlin"), and with dateutil's zones
# Expected  UTC as ...Z, and for Berlin a VTIMEZONE whose winter time begins at 03:00 and whose summer time at 02:00, local time
#           before the change (RFC 5545 3.6.5)
# Seen      timezone.utc: an error, "Unable to guess TZID for tzinfo UTC"; dateutil's UTC is written
#           ZoneInfo: winter time from 04:00, summer time from 03:00; dateutil: from 04:00 and 02:00; both under the name "CET"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action=ignore --target python vobject==0.9.9 python-dateutil==2.9.0.post0
cat >write.py <<'PY'
import datetime as dt
import sys
from zoneinfo import ZoneInfo
from dateutil import tz
import vobject

def written(zone):
    calendar = vobject.iCalendar()
    todo = calendar.add("vtodo")
    todo.add("summary").value = "Water the plants"
    todo.add("due").value = dt.datetime(2030, 7, 1, 9, tzinfo=zone)
    try:
        lines = calendar.serialize().splitlines()
    except vobject.base.VObjectError as error:
        return str(error).rstrip("'").split(": ")[-1].strip("'\"")
    hours = [line[-7:] for line in lines if line.startswith("DTSTART:")]
    return " ".join([line for line in lines if line.startswith("DUE")] + hours)

zones = {
    "timezone.utc": lambda: dt.timezone.utc,
    "dateutil UTC": lambda: tz.UTC,
    "ZoneInfo": lambda: ZoneInfo("Europe/Berlin"),
    "dateutil": lambda: tz.gettz("Europe/Berlin"),
}
print(f"{sys.argv[1]}: {written(zones[sys.argv[1]]())}")
PY
expected='timezone.utc: Unable to guess TZID for tzinfo UTC
dateutil UTC: DUE:20300701T090000Z
ZoneInfo: DUE;TZID=CET:20300701T090000 T040000 T030000
dateutil: DUE;TZID=CET:20300701T090000 T040000 T020000'
# A process for each: vobject remembers zones under the names it gave them.
seen=$(for zone in timezone.utc 'dateutil UTC' ZoneInfo dateutil; do PYTHONPATH=python python3 write.py "$zone"; done)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
