// Who uses an embedded server: one small file per user, named by nothing but chance, holding the identity of
// its process.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, ownIdentity, parseIdentity } from './processes.ts';

/** Notes this process as one more user and returns the note's path. The caller holds the server's lock. */
export async function addUser(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const note = join(directory, randomUUID());
  await writeFile(note, JSON.stringify(await ownIdentity()));
  return note;
}

/** Takes the note away and returns how many living users are left; notes of dead ones are swept. */
export async function removeUser(directory: string, note: string): Promise<number> {
  await rm(note, { force: true });
  return countUsers(directory);
}

/** Removes the notes of processes that are gone, and returns how many are left. */
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
