import { readFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** A text file that was named on the command line. @throws {UsageError} it can't be read */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
