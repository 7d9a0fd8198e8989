// How Next builds the app: a standalone server, traced from the repository's root because the
// contracts it imports (`@todo/contracts`, `@todo/runtime`) live beside it.
import path from 'node:path';
import type { NextConfig } from 'next';

const root = path.join(import.meta.dirname, '..');

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: root,
  outputFileTracingIncludes: { '/*': ['./migrations/*.sql'] },
  turbopack: { root },
  transpilePackages: ['@todo/contracts', '@todo/runtime'],
  serverExternalPackages: ['pg', 'pino'],
  poweredByHeader: false,
  reactStrictMode: true,
  // Next's own id is random; with the commit as id two builds of one commit differ in nothing.
  generateBuildId: () => process.env['BUILD_ID'] || null, // empty: not known
  experimental: { optimizePackageImports: ['radix-ui', 'lucide-react'] },
};

export default config;
