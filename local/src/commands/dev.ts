// `npm run dev`: the whole system from its sources. A service is started again when its sources change, the page reloads when
// its own do; database, broker and sidecars stay.
import { join } from 'node:path';
import { exitCodes } from '@todo/deploy/run/usage';
import { program } from 'commander';
import {
  nextSteps,
  print,
  runInForeground,
  withSystemOptions,
  type ForegroundOptions,
} from '../foreground.ts';
import { lastLines } from '../part-log.ts';
import { restartOnChange, sourcesOf } from '../restart-on-change.ts';

const options = withSystemOptions(
  exitCodes(program)
    .name('npm run dev --')
    .description(
      'Starts the whole system from its sources. When a source changes, its services restart and the page reloads. Ctrl-C stops everything.',
    ),
)
  .parse()
  .opts<ForegroundOptions>();

const logs = join(options.dataDir, 'logs');
/** Parts whose last words were shown since the last change: an error that stays is not shown at each try. */
const shown = new Set<string>();
await runInForeground(
  { ...options, web: options.web && 'source' },
  (system) => {
    restartOnChange(system.parts, (line) => {
      shown.clear();
      print(line);
    }).catch(console.error);
    console.log(
      `${nextSteps(system, options)}\n  Sources are watched: save a file and see what it restarts here. Ctrl-C stops everything.\n`,
    );
  },
  ({ kind, part }) => {
    if (kind !== 'ended' || shown.has(part) || sourcesOf(part).length === 0) return;
    shown.add(part);
    console.log(lastLines(join(logs, `${part}.log`)));
  },
);
