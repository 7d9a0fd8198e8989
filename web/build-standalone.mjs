// Completes the standalone server: Next leaves static files and public/ out of it, and without them
// every script and style is a 404.
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';

const web = import.meta.dirname;
const server = path.join(web, '.next', 'standalone', 'web');
cpSync(path.join(web, '.next', 'static'), path.join(server, '.next', 'static'), {
  recursive: true,
});
if (existsSync(path.join(web, 'public'))) {
  cpSync(path.join(web, 'public'), path.join(server, 'public'), { recursive: true });
}
