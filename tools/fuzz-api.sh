#!/usr/bin/env bash
# Sends made-up requests to every documented route of a running system and holds each answer against the OpenAPI description:
# no 5xx, only documented statuses and content types, bodies of the described shape.
# Usage: npm run up -- --no-web, then tools/fuzz-api.sh [--port-base=4300] [options of schemathesis run]
# DATA_DIR: of the system, when it was started with --data-dir. Needs python3; keeps schemathesis in .local/schemathesis.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=4.32.5
port_base=4300
if [[ ${1:-} == --port-base=* ]]; then
  port_base=${1#*=}
  shift
fi
if [[ ! -x .local/schemathesis/bin/schemathesis ]]; then
  python3 -m venv .local/schemathesis
  .local/schemathesis/bin/pip install --quiet "schemathesis==$version"
fi
url=http://127.0.0.1:$((port_base + 1))
token=$(npm run --silent token -- --port-base "$port_base" --user fuzz ${DATA_DIR:+--data-dir "$DATA_DIR"})
# /live never ends; the other paths belong to the sidecar or to operators
exec .local/schemathesis/bin/schemathesis run "$url/docs/json" --url "$url" -H "Authorization: Bearer $token" \
  --exclude-path /api/v1/live --exclude-path-regex '^/(health|readyz|events|ops|internal)' \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  --max-examples "${FUZZ_EXAMPLES:-60}" "$@"
