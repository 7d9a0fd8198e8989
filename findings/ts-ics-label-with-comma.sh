#!/usr/bin/env bash
# A label with a comma, written by ical-generator, becomes two labels in ts-ics, one with a stray backslash.
#
# Packages  ical-generator 11.1.2, ts-ics 2.4.6 and node-ical 0.27.2 (npm)
# Input     an event with the categories "Bread, butter" and "Shop", as ical-generator writes them
# Expected  two categories: RFC 5545 3.8.1.2 has CATEGORIES list TEXT values, and in TEXT (3.3.11) \, is a comma, not a separator
# Seen      ts-ics: "Bread\", " butter", "Shop"; node-ical: the two that were written
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical-generator@11.1.2 ts-ics@2.4.6 node-ical@0.27.2
cat >ask.mjs <<'JS'
import generator from 'ical-generator';
import ical from 'node-ical';
import { convertIcsCalendar } from 'ts-ics';
const categories = [{ name: 'Bread, butter' }, { name: 'Shop' }];
const calendar = generator();
calendar.createEvent({ id: '1', start: new Date('2027-01-04T09:00:00Z'), summary: 'Shopping', categories });
const text = calendar.toString();
console.log(text.split('\r\n').find((line) => line.startsWith('CATEGORIES')));
console.log('ts-ics:', convertIcsCalendar(undefined, text).events[0].categories.join(' | '));
const event = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT');
console.log('node-ical:', event.categories.join(' | '));
JS
expected='CATEGORIES:Bread\, butter,Shop
ts-ics: Bread\ |  butter | Shop
node-ical: Bread, butter | Shop'
seen=$(TZ=UTC node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
