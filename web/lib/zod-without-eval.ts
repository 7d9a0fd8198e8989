// zod compiles its checks with `new Function` where it may; the content security policy says it may not,
// and each try would be reported. Import this before checking anything in the browser.
import { config } from 'zod';

config({ jitless: true });
