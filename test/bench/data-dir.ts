import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A temporary directory for an embedded server and more; the caller removes it. The server's user can pass:
 * otherwise its data would be elsewhere, behind a link, and stay on the disk.
 * @param prefix of its name
 */
export async function makeDataDir(prefix: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  await chmod(directory, 0o755);
  return directory;
}
