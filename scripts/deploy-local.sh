#!/usr/bin/env bash
# One call that deploys the system to environment local; says more with --help.
# Usage: scripts/deploy-local.sh --images=PREFIX:TAG [options of npm run deploy]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec npm run --silent deploy -- --env=local "$@"
