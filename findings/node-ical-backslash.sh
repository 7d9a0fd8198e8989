#!/usr/bin/env bash
# node-ical breaks the line of a text that has a backslash before an n, such as a Windows path.
#
# Packages  node-ical 0.27.2 and ical.js 2.2.1 (npm)
# Input     the text D:\new\plan, which RFC 5545 3.3.11 writes as D:\\new\\plan
# Expected  D:\new\plan: an escaped backslash is one backslash, and the n after it a letter
# Seen      node-ical: D:\ and a line break and ew\plan; ical.js: the path
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.27.2 ical.js@2.2.1
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//finding//EN BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z \
  DTSTART:20270104T090000Z 'DESCRIPTION:D:\\new\\plan' END:VEVENT END:VCALENDAR >event.ics
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import ical from 'node-ical';
const text = readFileSync('event.ics', 'utf8');
// A real line break is shown as <break>.
const shown = (description) => description.replaceAll('\n', '<break>');
const event = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT');
console.log(`node-ical: ${shown(event.description)}`);
const calendar = new ICAL.Component(ICAL.parse(text));
console.log(`ical.js: ${shown(new ICAL.Event(calendar.getFirstSubcomponent('vevent')).description)}`);
JS
expected='node-ical: D:\<break>ew\plan
ical.js: D:\new\plan'
seen=$(node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
