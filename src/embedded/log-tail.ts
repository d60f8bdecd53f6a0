import { open } from 'node:fs/promises';

const tailBytes = 2000;

/** The end of a server's log file, for the message about a start that failed. */
export async function logTail(path: string): Promise<string> {
  const file = await open(path).catch(() => null);
  if (file === null) return '(there is no log)';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await file.read({ buffer: Buffer.alloc(length), position: size - length });
    return buffer.toString('utf8').trim();
  } finally {
    await file.close();
  }
}
