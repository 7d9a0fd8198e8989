#!/usr/bin/env bash
# TanStack Query: asking for a query's data by hand fails when a component that asked for the same first goes away.
#
# Packages  @tanstack/query-core 5.108.0 (npm), on Node 24
# Input     A query whose function takes the `signal` it is given, as the guide on cancellation shows. An observer (what useQuery
#           makes) starts it; while it runs, `client.query()` asks for the same key; then the observer ends.
# Expected  the request goes on, since somebody still waits for its data
# Seen      the request is aborted and the promise is rejected with CancelledError: only observers count as waiting. A form that
#           reads a preview's query as it is sent, and clears the field that the preview belongs to, loses the answer. Without
#           `signal` in the query's function both get their data. The older `client.fetchQuery()` does the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @tanstack/query-core@5.108.0
cat >ask.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryClient, QueryObserver } from '@tanstack/query-core';
const queries = {
  'takes signal': async ({ signal }) => {
    await sleep(50, undefined, { signal });
    return 'data';
  },
  'takes none': async () => {
    await sleep(50);
    return 'data';
  },
};
for (const by of ['query', 'fetchQuery'])
  for (const [name, queryFn] of Object.entries(queries)) {
    const client = new QueryClient();
    const options = { queryKey: ['line'], queryFn, retry: false };
    const leave = new QueryObserver(client, options).subscribe(() => {});
    const asked = client[by](options).catch((error) => error.constructor.name);
    leave();
    console.log(`${by}, function ${name}: ${await asked}`);
  }
JS
expected='query, function takes signal: CancelledError
query, function takes none: data
fetchQuery, function takes signal: CancelledError
fetchQuery, function takes none: data'
seen=$(node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
