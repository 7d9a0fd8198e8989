// Gets daprd as `npm run up` would, and prints its path: to have the slow part done beforehand.
import { parseArgs } from 'node:util';
import { acquireConcurrentDaprd, acquireDaprd } from '../parts/daprd.ts';

const HELP = `npm run daprd [-- --concurrent]
Gets daprd as \`npm run up\` would, and prints its path.
  --concurrent  the same version, built with Go and one changed line: it delivers the messages of a pluggable component side
                by side, as releases after 1.18.3 do. Use it by DAPRD=<path>
`;
const { values } = parseArgs({
  options: {
    concurrent: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const say = (line: string): void => {
  console.error(line);
};
try {
  const { path, version, source } = await (values.concurrent
    ? acquireConcurrentDaprd(say)
    : acquireDaprd(say));
  console.error(`daprd ${version} from ${source}`);
  console.log(path);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
