// The project's commands: node scripts/run.mjs <task> [arguments]. Installs what is missing, then runs the
// task. Plain JavaScript without dependencies: it has to work on a clone where nothing is installed yet.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function checkNode() {
  const wanted = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).engines.node.replace('>=', '');
  const [major, minor = 0] = wanted.split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  console.error(`arcadia-cloud needs Node ${wanted} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

async function main() {
  checkNode();
  // Loaded now: an older Node would fail at the syntax before it printed the message above.
  const { tasks, needsRedis, needsBrowser } = await import('./tasks.mjs');
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || !Object.hasOwn(tasks, name)) {
    console.error(`Usage: node scripts/run.mjs <task> [arguments]\nTasks: ${Object.keys(tasks).join(', ')}`);
    process.exit(2);
  }
  process.chdir(root);
  const { ensureInstalled } = await import('./install.mjs');
  // An image has no development tools and installs nothing.
  if (!(name === 'start' && process.env.NODE_ENV === 'production')) {
    await ensureInstalled(root);
    const { ensureRedis } = await import('./redis.mjs');
    const { ensureChromium } = await import('./chromium.mjs');
    if (needsRedis.has(name)) await ensureRedis();
    if (needsBrowser.has(name)) await ensureChromium();
  }
  const { exitAs } = await import('./child.mjs');
  exitAs(await tasks[name](args));
}

main().catch((error) => {
  console.error(error.exitCode === undefined ? error : error.message);
  process.exit(error.exitCode ?? 1);
});
