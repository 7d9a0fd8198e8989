// The trace store as a process of its own, for `--observe`. usage: main.ts PORT
import { serveTraceStore } from './serve.ts';

await serveTraceStore(Number(process.argv[2]));
