#!/usr/bin/env bash
# ts-ics gives a to-do the title, text and duration of its alarm; an event with the same alarm keeps its own.
#
# Package   ts-ics 2.4.6 (npm)
# Input     a VTODO "Pay the rent" with an e-mail VALARM (RFC 5545 3.6.6): SUMMARY and DESCRIPTION of the mail, DURATION between
#           two mails; then the same as a VEVENT
# Expected  "Pay the rent", no duration, one alarm: by RFC 5545 3.6.2 a VTODO may contain VALARMs, components of their own
# Seen      the to-do is called "Reminder", lasts five minutes and has no alarm; the event is right
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ts-ics@2.4.6
for component in VTODO VEVENT; do
  printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN "BEGIN:$component" UID:1 DTSTAMP:20270101T000000Z \
    'SUMMARY:Pay the rent' 'DESCRIPTION:By bank transfer' DTSTART:20270201T090000Z \
    BEGIN:VALARM ACTION:EMAIL TRIGGER:-PT1H SUMMARY:Reminder 'DESCRIPTION:Rent is due' ATTENDEE:mailto:a@example.com \
    DURATION:PT5M REPEAT:2 END:VALARM "END:$component" END:VCALENDAR >"$component.ics"
done
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { convertIcsCalendar } from 'ts-ics';
for (const [component, list] of [['VTODO', 'todos'], ['VEVENT', 'events']]) {
  const [item] = convertIcsCalendar(undefined, readFileSync(`${component}.ics`, 'utf8'))[list];
  const { summary, description, duration, alarms } = item;
  console.log(`${component}: ${JSON.stringify({ summary, description, duration, alarms: alarms?.length ?? 0 })}`);
}
JS
expected='VTODO: {"summary":"Reminder","description":"Rent is due","duration":{"minutes":5},"alarms":0}
VEVENT: {"summary":"Pay the rent","description":"By bank transfer","alarms":1}'
seen=$(node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
