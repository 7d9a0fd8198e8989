// `npm run daprd`: gets daprd as `npm run up` would, and prints its path: to have the slow part done beforehand.
import { readArguments } from '@todo/deploy/run/usage';
import { acquireDaprd } from '../parts/daprd.ts';

readArguments(
  `Usage: npm run daprd

Finds daprd, or builds it (about 9 minutes the first time), and prints its path, as \`npm run up\` would do when it starts.
DAPRD names a program to use.`,
  {},
);

try {
  const { path, version, source } = await acquireDaprd((line) => {
    console.error(line);
  });
  console.error(`daprd ${version} from ${source}`);
  console.log(path);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
