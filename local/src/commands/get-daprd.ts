// Gets daprd as `npm run up` would, and prints its path: to have the slow part done beforehand.
import { acquireDaprd } from '../parts/daprd.ts';

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
