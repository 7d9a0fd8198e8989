#!/usr/bin/env bash
# A calendar's name comes out of ical.js still escaped, where a task's title does not.
#
# Packages  ical.js 2.2.1 (npm)
# Input     NAME (RFC 7986, 5.1: a TEXT) and X-WR-CALNAME with an escaped comma, beside a SUMMARY with the same value
# Expected  "Work, home" three times: RFC 5545, 3.3.11 escapes a comma in TEXT, and a reader takes that back
# Seen      SUMMARY: Work, home; NAME and X-WR-CALNAME: Work\, home
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1
cat >ask.mjs <<'JS'
import ICAL from 'ical.js';
const text = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//a//b',
  'NAME:Work\\, home',
  'X-WR-CALNAME:Work\\, home',
  'BEGIN:VTODO',
  'UID:1',
  'DTSTAMP:20261130T090000Z',
  'SUMMARY:Work\\, home',
  'END:VTODO',
  'END:VCALENDAR',
].join('\r\n');
const calendar = new ICAL.Component(ICAL.parse(text));
const task = calendar.getFirstSubcomponent('vtodo');
console.log(`SUMMARY: ${task.getFirstPropertyValue('summary')}`);
for (const name of ['name', 'x-wr-calname'])
  console.log(`${name.toUpperCase()}: ${calendar.getFirstPropertyValue(name)}`);
JS
expected='SUMMARY: Work, home
NAME: Work\, home
X-WR-CALNAME: Work\, home'
seen=$(node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
