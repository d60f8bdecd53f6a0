// Compiles the service to plain JavaScript: node scripts/build.mjs [directory, default dist] [arguments of
// tsc]. What comes out runs with node and the production dependencies alone: `node dist/src/main.js`, `node
// dist/src/cli.js`.
import { cp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitAs, runNode } from './child.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the compiled code reads at run time, at the same relative place as in the sources. */
const data = ['migrations', 'src/console/assets'];

const args = process.argv.slice(2);
const out = resolve(root, args[0] === undefined || args[0].startsWith('-') ? 'dist' : args.shift());
// Renamed when complete: a failed build leaves the last one as it was.
const draft = `${out}.draft`;

await rm(draft, { recursive: true, force: true });
const compiled = await runNode([
  join(root, 'node_modules/typescript/bin/tsc'),
  '--project',
  join(root, 'tsconfig.build.json'),
  '--pretty',
  '--outDir',
  draft,
  ...args,
]);
if (compiled.code === 0) {
  for (const name of data) await cp(join(root, name), join(draft, name), { recursive: true });
  await rm(out, { recursive: true, force: true });
  await rename(draft, out);
} else {
  await rm(draft, { recursive: true, force: true });
}
exitAs(compiled);
