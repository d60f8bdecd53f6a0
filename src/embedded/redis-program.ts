import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const names = ['redis-server', 'valkey-server'];

/** How to install a Redis, for messages. */
export const howToGetRedis =
  'Install redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis), ' +
  'or set REDIS_URL to a server of your own.';

/** The first Redis server in PATH, or null; always null on Windows. */
export async function findRedisProgram(path = process.env['PATH'] ?? ''): Promise<string | null> {
  if (process.platform === 'win32') return null;
  const places = path.split(delimiter).filter((directory) => directory !== '');
  for (const file of names.flatMap((name) => places.map((directory) => join(directory, name)))) {
    if (await isProgram(file)) return file;
  }
  return null;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
