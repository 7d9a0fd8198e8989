#!/usr/bin/env bash
# One call that deploys the system to environment cloud; says more with --help.
# Usage: scripts/deploy-cloud.sh --images=PREFIX:TAG [options of npm run deploy]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec npm run --silent deploy -- --env=cloud "$@"
