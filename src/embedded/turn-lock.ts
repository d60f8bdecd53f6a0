// A lock between processes on one machine, free when its holder is killed.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../runtime/error-code.ts';
import { identityOf, isAlive, parseIdentity } from './processes.ts';

const pollMilliseconds = 25;
const released = 'released';

/**
 * Runs `work` while no other caller, in this or another process, runs under the same `directory`.
 *
 * Each holder takes the next numbered ticket. The highest ticket is the lock: it is free when it holds
 * `released` or its process has ended. It is created with its content, by a hard link, so only one process
 * gets a number. The highest is never deleted, so a process that was paused finds a higher one and queues
 * again. A lock file that is removed and made again has no such order: two processes that find it stale could
 * both hold it.
 *
 * @throws Error when the lock isn't free within `timeoutMilliseconds`.
 */
export async function withTurn<T>(
  directory: string,
  work: () => Promise<T>,
  timeoutMilliseconds = 120_000,
): Promise<T> {
  await mkdir(directory, { recursive: true });
  const ticket = await takeTurn(directory, performance.now() + timeoutMilliseconds);
  try {
    return await work();
  } finally {
    // Written in place: a reader that finds it empty takes the lock for free, as it is.
    await writeFile(ticket, released);
  }
}

async function takeTurn(directory: string, deadline: number): Promise<string> {
  const identity = JSON.stringify(await identityOf(process.pid));
  for (;;) {
    const highest = await highestTicket(directory);
    if (highest === 0 || (await isFree(ticketPath(directory, highest)))) {
      const mine = highest + 1;
      if (await createFile(ticketPath(directory, mine), identity)) {
        if ((await highestTicket(directory)) === mine) {
          await removeOlder(directory, mine);
          return ticketPath(directory, mine);
        }
        await rm(ticketPath(directory, mine), { force: true });
      }
    }
    if (performance.now() > deadline)
      throw new Error(`Another process has held the lock ${directory} for too long.`);
    await delay(pollMilliseconds);
  }
}

async function isFree(ticket: string): Promise<boolean> {
  const text = await readOrNull(ticket);
  if (text === null || text === released) return text === released;
  const holder = parseIdentity(text);
  return holder === null || !(await isAlive(holder));
}

async function highestTicket(directory: string): Promise<number> {
  return (await tickets(directory)).reduce((highest, number) => Math.max(highest, number), 0);
}

async function tickets(directory: string): Promise<number[]> {
  return (await readdir(directory)).flatMap((name) => {
    const number = /^ticket-(\d{1,15})$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

async function removeOlder(directory: string, mine: number): Promise<void> {
  const older = (await tickets(directory)).filter((number) => number < mine);
  await Promise.all(older.map((number) => rm(ticketPath(directory, number), { force: true })));
}

const ticketPath = (directory: string, number: number): string => join(directory, `ticket-${number}`);

/** Creates a file with its content at once; false when it exists. */
async function createFile(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
