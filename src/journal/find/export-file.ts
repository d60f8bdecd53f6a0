import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

export interface ExportFile {
  /** The position after which the export goes on; null for an empty file. */
  readonly after: number | null;
  readonly events: number;
  append(text: string): Promise<void>;
  /** Flushes to the disk and closes the file. */
  close(): Promise<void>;
}

/** The file holds something other than an export. */
export class NoExport extends Error {
  override readonly name = 'NoExport';
}

/**
 * Opens or makes a file to export into. The first append removes a torn last line, or the closing line of a
 * complete export.
 * @throws {NoExport}
 */
export async function openExportFile(path: string): Promise<ExportFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const { after, size } = await endOfExport(handle, path);
    const events = await countEvents(handle, size);
    let end = size;
    let isCut = false;
    return {
      after,
      events,
      async append(text) {
        if (!isCut) await handle.truncate(size);
        isCut = true;
        const bytes = Buffer.from(text);
        for (let written = 0; written < bytes.length;) {
          const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, end);
          written += bytesWritten;
          end += bytesWritten;
        }
      },
      async close() {
        await handle.sync();
        await handle.close();
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The beginnings of an export's lines, whole or torn. */
const beginnings = ['{"position":', '{"complete":true'] as const;

/** Where the events of an export end, and after which position it goes on. */
async function endOfExport(
  handle: FileHandle,
  path: string,
): Promise<{ after: number | null; size: number }> {
  const { size } = await handle.stat();
  const noExport = new NoExport(`${path} holds something else than an export of events`);
  const line = await lastLine(handle, size);
  if (line === null) {
    const torn = (await read(handle, 0, Math.min(size, 100))).toString();
    if (!beginnings.some((beginning) => beginning.startsWith(torn) || torn.startsWith(beginning)))
      throw noExport;
    return { after: null, size: 0 };
  }
  const last = parsed(line.text);
  if (last === null) throw noExport;
  return { after: last.position, size: last.complete ? line.from : line.to };
}

function parsed(text: string): { position: number; complete: boolean } | null {
  if (!beginnings.some((beginning) => text.startsWith(beginning))) return null;
  try {
    const { position, complete } = JSON.parse(text) as { position?: unknown; complete?: unknown };
    return typeof position === 'number' && Number.isSafeInteger(position)
      ? { position, complete: complete === true }
      : null;
  } catch {
    return null;
  }
}

const LINE_FEED = 0x0a;

/** The last whole line, and where it begins and ends; null without one. */
async function lastLine(
  handle: FileHandle,
  size: number,
): Promise<{ text: string; from: number; to: number } | null> {
  for (let length = 65_536; ; length *= 2) {
    const start = Math.max(0, size - length);
    const bytes = await read(handle, start, size - start);
    const end = bytes.lastIndexOf(LINE_FEED);
    const before = end <= 0 ? -1 : bytes.lastIndexOf(LINE_FEED, end - 1);
    if (start > 0 && before === -1) continue;
    return end === -1
      ? null
      : { text: bytes.subarray(before + 1, end).toString(), from: start + before + 1, to: start + end + 1 };
  }
}

const PIECE_BYTES = 1_048_576;

/** Counts the events up to `size`; closing lines of earlier exports do not count. */
async function countEvents(handle: FileHandle, size: number): Promise<number> {
  const event = Buffer.from(beginnings[0]);
  let events = 0;
  let lineFrom = 0;
  for (let from = 0; from < size; from += PIECE_BYTES) {
    const to = Math.min(from + PIECE_BYTES, size);
    // It reads a little further, to recognise a line that begins at the piece's end.
    const bytes = await read(handle, from, Math.min(to + event.length, size) - from);
    while (lineFrom < to) {
      if (lineFrom >= from && bytes.subarray(lineFrom - from, lineFrom - from + event.length).equals(event))
        events += 1;
      const end = bytes.subarray(0, to - from).indexOf(LINE_FEED, Math.max(0, lineFrom - from));
      if (end === -1) break;
      lineFrom = from + end + 1;
    }
  }
  return events;
}

async function read(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let have = 0;
  while (have < length) {
    const { bytesRead } = await handle.read(bytes, have, length - have, from + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return bytes.subarray(0, have);
}
