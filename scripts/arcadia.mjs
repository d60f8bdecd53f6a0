#!/usr/bin/env node
// The `arcadia` command of the package: the same as `npm run arcadia --`.
process.argv.splice(2, 0, 'arcadia');
await import('./run.mjs');
