// `npm run check:contracts`: compares the events, the API and the MCP tools of these sources with those that were recorded last,
// and says of each change whether it breaks a reader. `-- --record` writes the record anew; it refuses what breaks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';
import { compareContracts, isAllowed, type Contracts } from './contracts/compare-contracts.ts';
import { currentContracts } from './contracts/current-contracts.ts';

const FILE = join(import.meta.dirname, 'contracts', 'recorded.json');

const { values } = readArguments(
  `npm run check:contracts [-- --record [--unreleased]]

Compares events, API and MCP tools with the recorded ones, and says what breaks a reader.

  --record      record what there is now, if nothing breaks or the version is higher
  --unreleased  record what breaks too: nobody has what was recorded`,
  {
    options: {
      record: { type: 'boolean', default: false },
      unreleased: { type: 'boolean', default: false },
    },
  },
);

const current = await currentContracts();
const text = `${JSON.stringify(current, undefined, 1)}\n`;
const recorded = read();
const changes = recorded ? compareContracts(recorded, current) : [];
for (const { path, breaking, what } of changes)
  console.log(`${breaking ? 'BREAKING  ' : 'compatible'} ${path} ${what}`);

if (recorded && !values.unreleased && !isAllowed(changes, recorded, current)) {
  console.error(
    'A change breaks a reader. For an event add a new type (.v2) and keep the old one; for the API or a tool keep the old way beside the new one, or raise VERSION in tools/contracts/current-contracts.ts.',
  );
  process.exitCode = 1;
} else if (values.record) {
  writeFileSync(FILE, text);
  console.log(`recorded ${FILE}`);
} else if (!recorded) {
  console.error('There is no record to compare with: npm run check:contracts -- --record');
  process.exitCode = 1;
} else if (changes.length > 0) {
  console.log('nothing breaks a reader; -- --record with a release makes this the record');
} else console.log('events, API and tools are as recorded');

function read(): Contracts | undefined {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Contracts;
  } catch {
    return undefined;
  }
}
