import { randomUUID } from 'node:crypto';
import {
  chown,
  lstat,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makePrivate, shortHash } from './private-directory.ts';
import { canReach, sharedRoot } from './system-user.ts';
import type { SystemUser } from './system-user.ts';

/** `socket`: a Unix socket only, but on Windows. `tcp`: 127.0.0.1 with a password. */
export type Listen = { kind: 'socket'; directory: string } | { kind: 'tcp'; port: number };

/** PostgreSQL's file name for the socket of this port. */
export const socketFile = (port: number): string => `.s.PGSQL.${port}`;

/** The cluster of this data directory, links resolved; null if there is none yet. */
export async function findCluster(directory: string): Promise<string | null> {
  const cluster = await realpath(join(directory, 'cluster')).catch(() => null);
  return cluster !== null && (await stat(join(cluster, 'PG_VERSION')).catch(() => null)) ? cluster : null;
}

/**
 * Makes the cluster with `initialise`, which fills an empty directory. The result gets its name in one step,
 * so a killed start leaves nothing that looks like a cluster.
 *
 * It lies in `directory`, or where the server's user can't reach that (root's home is closed to others) in
 * the shared place of `sharedRoot`: then `directory` has a link to it and a note (`noteWhereDataIs`).
 * Removing the link starts an empty ledger; the old cluster stays until it is deleted by hand.
 */
export async function createCluster(
  directory: string,
  user: SystemUser | null,
  initialise: (draft: string) => Promise<void>,
): Promise<string> {
  const link = join(directory, 'cluster');
  await removeDrafts(directory);
  const near = user === null || (await canReach(directory, user));
  const place = near ? directory : await sharedRoot(user);
  const name = near ? 'cluster' : `cluster-${shortHash(directory)}-${randomUUID().slice(0, 8)}`;
  const draft = join(place, `draft-${randomUUID()}`);
  await makePrivate(draft, user);
  await initialise(draft);
  await removeDeadLink(link);
  await rename(draft, join(place, name));
  if (!near) await symlink(join(place, name), link);
  return join(place, name);
}

const noteName = 'data-is-elsewhere.txt';

/**
 * Keeps a note in `directory` of where its data is, if that is elsewhere.
 * @returns the place, or null if it is in `directory` itself
 */
export async function noteWhereDataIs(directory: string, cluster: string): Promise<string | null> {
  const note = join(directory, noteName);
  if (dirname(cluster) === directory) {
    await rm(note, { force: true });
    return null;
  }
  const text = `The data of the embedded PostgreSQL is in
${cluster}

It runs as a system user of its own, which can't pass through all directories
above this one. The link \`cluster\` leads there; a copy of this directory has to
follow it (cp -aL). With ARCADIA_DATA where every user can pass, such as
/var/lib/arcadia, the data is inside.
`;
  if ((await readFile(note, 'utf8').catch(() => '')) !== text) await writeFile(note, text, { mode: 0o644 });
  return cluster;
}

async function removeDrafts(directory: string): Promise<void> {
  const drafts = (await readdir(directory)).filter((name) => name.startsWith('draft-'));
  await Promise.all(drafts.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

async function removeDeadLink(link: string): Promise<void> {
  const found = await lstat(link).catch(() => null);
  if (found === null) return;
  if (!found.isSymbolicLink())
    throw new Error(`${link} exists but is no PostgreSQL cluster; move it out of the way.`);
  await rm(link);
}

/** Writes the server's settings, which `postgresql.conf` includes, for its next start. */
export async function writeSettings(
  cluster: string,
  user: SystemUser | null,
  listen: Listen,
  port: number,
  extra: Readonly<Record<string, string>>,
): Promise<void> {
  const settings = { ...serverSettings, ...listenSettings(listen, port), ...extra };
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  await writeOwned(join(cluster, 'arcadia.conf'), lines.join(''), user);
  const main = join(cluster, 'postgresql.conf');
  const include = "include = 'arcadia.conf'\n";
  const text = await readFile(main, 'utf8');
  if (!text.endsWith(include)) await writeOwned(main, `${text}\n${include}`, user);
}

/** The port of the last settings, or null. */
export async function portBefore(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'arcadia.conf'), 'utf8').catch(() => '');
  const port = /^port = '(\d{1,5})'$/m.exec(text)?.[1];
  return port === undefined ? null : Number(port);
}

async function writeOwned(path: string, content: string, user: SystemUser | null): Promise<void> {
  const draft = `${path}.draft`;
  await writeFile(draft, content, { mode: 0o600 });
  if (user !== null) await chown(draft, user.uid, user.gid);
  await rename(draft, path);
}

function listenSettings(listen: Listen, port: number): Record<string, string> {
  return listen.kind === 'socket'
    ? {
        listen_addresses: '',
        port: String(port),
        unix_socket_directories: listen.directory,
        unix_socket_permissions: '0700',
      }
    : { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' };
}

/** For a machine with two cores. Durability is PostgreSQL's own: acknowledged commits are on the disk. */
const serverSettings: Readonly<Record<string, string>> = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '100',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  min_wal_size: '128MB',
  wal_compression: 'on',
  // There is no replication: at this level a table filled by the transaction that made it (a rebuild's
  // shadow) goes straight to its file, not through the log first.
  wal_level: 'minimal',
  max_wal_senders: '0',
  checkpoint_timeout: '15min',
  max_locks_per_transaction: '256',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  datestyle: 'ISO, YMD',
  // The server's own events only. The application reports statements that fail; here they would fill the disk
  // and write customers' data into a file.
  log_min_messages: 'log',
  log_checkpoints: 'off',
};
