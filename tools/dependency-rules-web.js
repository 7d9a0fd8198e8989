// The same walls for the web app, whose imports start with `@/`.
import rules from './dependency-rules.js';

/**
 * @public read by dependency-cruiser
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  ...rules,
  options: { ...rules.options, tsConfig: { fileName: 'web/tsconfig.json' } },
};
