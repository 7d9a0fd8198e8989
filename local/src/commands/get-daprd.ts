// `npm run daprd`: gets daprd as `npm run up` would, and prints its path: to have the slow part done beforehand.
import { readArguments } from '@todo/deploy/run/usage';
import { acquireConcurrentDaprd, acquireDaprd } from '../parts/daprd.ts';

const { values } = readArguments(
  `Usage: npm run daprd [-- --concurrent]

Finds daprd, or builds it (about 9 minutes the first time), and prints its path, as \`npm run up\` would do when it starts.
DAPRD names a program to use.

  --concurrent  the same version, built with Go and one changed line: it delivers the messages of a pluggable component side
                by side, as releases after 1.18.3 do. Use it with DAPRD=<path>`,
  { options: { concurrent: { type: 'boolean', default: false } } },
);
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
