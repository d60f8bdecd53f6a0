// The processes that use an embedded server: a randomly named file for each, with its identity.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isAlive, parseIdentity } from './processes.ts';

/** Writes a note for this process. The caller holds the server's lock. @returns its path */
export async function addUser(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const note = join(directory, randomUUID());
  await writeFile(note, JSON.stringify(await identityOf(process.pid)));
  return note;
}

/** Removes the note and returns how many living users are left. */
export async function removeUser(directory: string, note: string): Promise<number> {
  await rm(note, { force: true });
  return countUsers(directory);
}

/** Removes the notes of processes that have ended, and returns how many are left. */
export async function countUsers(directory: string): Promise<number> {
  let living = 0;
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const identity = parseIdentity(await readFile(path, 'utf8').catch(() => ''));
    if (identity !== null && (await isAlive(identity))) living += 1;
    else await rm(path, { force: true });
  }
  return living;
}
