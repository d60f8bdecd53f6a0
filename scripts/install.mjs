// Brings node_modules in line with the lock file. Runs before anything is installed: Node's own modules only.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { npmCommand } from './npm.mjs';

/** A longer install was killed; its lock is taken over. */
const longestInstallMilliseconds = 15 * 60_000;

/**
 * Installs with `npm ci` when node_modules is missing, incomplete, or made from another lock file, platform
 * or major version of Node. The stamp, which names all of these, is written last: an interrupted install has
 * none.
 */
export async function ensureInstalled(root) {
  const wanted = await fingerprint(root);
  if (await isCurrent(root, wanted)) return;
  await withInstallLock(root, async () => {
    if (await isCurrent(root, wanted)) return;
    if (await adoptInstall(root)) {
      await writeStamp(root, wanted);
      return;
    }
    console.log('Installing dependencies (npm ci) …');
    const code = await npmCi(root);
    if (code !== 0) throw new InstallError(code);
    await writeStamp(root, wanted);
  });
}

class InstallError extends Error {
  constructor(code) {
    super('npm ci failed: the dependencies are not installed.');
    this.exitCode = code;
  }
}

const stampPath = (root) => join(root, 'node_modules', '.arcadia-install');

async function isCurrent(root, wanted) {
  return (await readFile(stampPath(root), 'utf8').catch(() => null)) === wanted;
}

async function writeStamp(root, wanted) {
  await writeFile(stampPath(root), wanted);
}

async function fingerprint(root) {
  const lock = await readFile(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.platform}-${process.arch} node-${process.versions.node.split('.')[0]}\n`;
}

/**
 * Whether an `npm ci` or `npm install` by hand has finished: npm writes its own lock file last, and every
 * package for this platform is there in our lock file's version.
 */
async function adoptInstall(root) {
  const wanted = await readLock(join(root, 'package-lock.json'));
  const installed = await readLock(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  const stamped = await readFile(stampPath(root), 'utf8').catch(() => null);
  // Packages compiled for another platform or Node don't fit, whatever their versions.
  if (stamped !== null && !stamped.endsWith((await fingerprint(root)).slice(64))) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || !isForThisMachine(entry)) continue;
    if (installed[path]?.version !== entry.version) return false;
    if (!(await stat(join(root, path, 'package.json')).catch(() => null))) return false;
  }
  return true;
}

/**
 * npm omits optional packages for other platforms. Packages for one C library are not required: only npm
 * knows this machine's.
 */
function isForThisMachine({ optional, os, cpu, libc }) {
  if (!optional) return true;
  return Boolean(os?.includes(process.platform) && cpu?.includes(process.arch) && !libc);
}

async function readLock(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** One install at a time: two on a fresh clone would delete each other's files. */
async function withInstallLock(root, work) {
  const path = join(root, '.arcadia', 'install.lock');
  await mkdir(join(root, '.arcadia'), { recursive: true });
  let waiting = false;
  for (;;) {
    const file = await open(path, 'wx').catch((error) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (file) {
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    }
    if (await isAbandoned(path)) await rm(path, { force: true });
    else if (!waiting) console.log('Waiting for another install in this directory …');
    waiting = true;
    await delay(250);
  }
  try {
    await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function isAbandoned(path) {
  const [text, info] = await Promise.all([
    readFile(path, 'utf8').catch(() => null),
    stat(path).catch(() => null),
  ]);
  if (text === null || info === null) return false;
  if (Date.now() - info.mtimeMs > longestInstallMilliseconds) return true;
  if (text === '') return Date.now() - info.mtimeMs > 10_000;
  try {
    process.kill(Number(text), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function npmCi(root) {
  return new Promise((resolve, reject) => {
    // `--include`: settings of the machine (NODE_ENV=production, omit=dev) would leave out test tools or
    // PostgreSQL.
    const { command, args } = npmCommand([
      'ci',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    // Else a dependency of the API page reports installs to its maker; see also package.json.
    const env = { ...process.env, SCARF_ANALYTICS: 'false', DO_NOT_TRACK: '1' };
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: command === 'npm.cmd', env });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
