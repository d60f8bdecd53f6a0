// A folder in memory for the temporary files of a run of all tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';

const prefix = 'arcadia-tests-';
/** A run takes a tenth of it; the rest is for the machine's own work. */
const leastBytes = 4 * 2 ** 30;

/**
 * Makes the folder, and returns `{ path, remove }`; null where memory is short, or where programs can't be
 * started from it. The tests make and drop hundreds of databases, each of hundreds of files, for which the
 * file system of a disk can take half a second of a processor a database.
 */
export function memoryFolder(memory = '/dev/shm', least = leastBytes) {
  if (process.env.TMPDIR || !hasRoom(memory, least)) return null;
  removeLeftovers(memory);
  const path = `${memory}/${prefix}${process.pid}`;
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  mkdirSync(path, { mode: 0o755 });
  if (startsPrograms(path)) return { path, remove };
  remove();
  return null;
}

function hasRoom(memory, least) {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= least && process.availableMemory() >= least;
  } catch {
    return false;
  }
}

/** Folders of runs that were killed. */
function removeLeftovers(memory) {
  for (const name of readdirSync(memory)) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)))) continue;
    rmSync(`${memory}/${name}`, { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function startsPrograms(folder) {
  const program = `${folder}/program`;
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  const { status } = spawnSync(program);
  rmSync(program);
  return status === 0;
}
