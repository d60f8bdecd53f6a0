import { fstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { journalHead } from '../journal/read-journal.ts';
import { eventQuery, filterOf } from '../http/event-query.ts';
import { exportEvents } from '../journal/find/export-events.ts';
import { NoExport, openExportFile, type ExportFile } from '../journal/find/export-file.ts';
import { openDatabase } from '../open-database.ts';
import { loadConfig } from '../config.ts';
import { connect } from '../database/connection.ts';
import type { Sql } from '../database/db.ts';
import { silentLogger } from '../runtime/logger.ts';
import { migrate, readMigrations } from '../database/migrate.ts';
import { Refused } from '../ledger/refusal.ts';
import { migrationsFolder } from '../open-ledger.ts';
import { createPhases } from './phases.ts';
import { stopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';
import { visible } from './visible.ts';

const asked = z.strictObject(eventQuery);

/** The options of `arcadia events export`. */
export interface ExportCommand {
  after?: number;
  stream?: string;
  type?: string;
  actor?: string;
  correlationId?: string;
  recordedFrom?: string;
  recordedTo?: string;
  out?: string;
}

/** @throws {UsageError} for an invalid filter */
function filterFrom({ stream, type, actor, correlationId, recordedFrom, recordedTo }: ExportCommand) {
  const parsed = asked.safeParse({
    stream,
    type,
    actor,
    correlation_id: correlationId,
    recorded_from: recordedFrom,
    recorded_to: recordedTo,
  });
  if (!parsed.success)
    throw new UsageError(
      parsed.error.issues
        .map(({ path, message }) => `--${path.join('.').replaceAll('_', '-')}: ${message}`)
        .join('\n'),
    );
  try {
    return filterOf(parsed.data);
  } catch (error) {
    throw error instanceof Refused ? new UsageError('--recorded-to: before --recorded-from') : error;
  }
}

/**
 * Writes an export, with its progress on stderr.
 * @returns the exit code: 0 when the export is complete, 130 when it was interrupted
 * @throws {UsageError} for an invalid filter, or a file that can't be written
 */
export async function exportToFile(options: ExportCommand): Promise<number> {
  const filter = filterFrom(options);
  const config = loadConfig(process.env, ['log']);
  const target = options.out === undefined ? await stdout() : await fileAt(options.out);
  const stop = stopSignal(() => {
    process.stderr.write(
      `\nThe export stops${options.out === undefined ? '' : ', and goes on from there another time'}; ` +
        'press again to stop at once.\n',
    );
  });
  const phases = createPhases(process.stderr, 'events');
  const start = performance.now();
  try {
    const after = beginning(options, target.after);
    const database = await openDatabase(config, silentLogger);
    const sql = connect(database.target, { max: 1, applicationName: 'arcadia-export' });
    try {
      await migrate(sql, await readMigrations(migrationsFolder));
      const events = await write(sql, {
        filter,
        after,
        target,
        stop,
        onProgress: (done, total) => {
          phases.update('exporting', done, total);
        },
      });
      phases.end();
      if (events === null) return 130;
      process.stderr.write(
        `${events} events exported in ${((performance.now() - start) / 1000).toFixed(1)} s` +
          `${inAll(target, events)}.\n`,
      );
      return 0;
    } finally {
      await sql.end();
      await database.leave();
    }
  } finally {
    phases.end();
    await target.close();
    stop.release();
  }
}

/**
 * @param endsAt the last position of the export in the file; null for a new export
 * @throws {UsageError} the file ends before the position at which to begin: events would be missing
 */
function beginning({ after = 0, out }: ExportCommand, endsAt: number | null): number {
  if (endsAt !== null && after > endsAt)
    throw new UsageError(
      `--after: ${out ?? ''} ends at position ${endsAt}, so that events would be missing in it; ` +
        'leave --after out to go on there',
    );
  return endsAt ?? after;
}

/** The message's end where the export went on in a file. */
function inAll(target: ExportFile, added: number): string {
  return target.after === null ? '' : `; with those before it, the file holds ${target.events + added}`;
}

interface Writing {
  filter: ReturnType<typeof filterFrom>;
  after: number;
  target: ExportFile;
  stop: { readonly stopped: boolean };
  onProgress: (done: number, total: number) => void;
}

/**
 * @returns how many events were written; null when it was interrupted
 * @throws {UsageError} what is in the file is not this ledger's
 */
async function write(sql: Sql, { filter, after, target, stop, onProgress }: Writing): Promise<number | null> {
  const head = await journalHead(sql);
  if (target.after !== null && target.after > head)
    throw new UsageError(
      `The export in the file ends at position ${target.after}, and this journal at ${head}: it ` +
        "is another ledger's.",
    );
  const { upTo, pieces } = await exportEvents(sql, filter, after, target.events);
  let written = 0;
  for await (const { text, events, position: at } of pieces) {
    if (stop.stopped) return null;
    await target.append(text);
    written += events;
    onProgress(at - after, upTo - after);
  }
  return written;
}

async function fileAt(path: string): Promise<ExportFile> {
  try {
    return await openExportFile(path);
  } catch (error) {
    throw new UsageError(
      error instanceof NoExport
        ? `--out: ${error.message}`
        : `--out: ${path} cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
    );
  }
}

/** The flag of a file that a shell's `>>` has opened, as Linux shows it in `/proc`. */
const appendFlag = 0o2000;

/** Whether standard output is appended to a file that is not empty. */
async function isAppended(): Promise<boolean> {
  const file = fstatSync(1);
  if (!file.isFile() || file.size === 0) return false;
  const flags = /^flags:\s*(\d+)$/m.exec(await readFile('/proc/self/fdinfo/1', 'utf8').catch(() => ''))?.[1];
  return flags !== undefined && (Number(`0o${flags}`) & appendFlag) !== 0;
}

/**
 * Standard output. Appended to a file that ends in an export (`>> file`), it goes on there as `--out` would;
 * else, and where the system does not show how a file was opened, it begins anew.
 */
async function stdout(): Promise<ExportFile> {
  return (await isAppended()) ? openExportFile('/proc/self/fd/1').catch(() => plainStdout()) : plainStdout();
}

/** Standard output, at its reader's pace. A reader that closes the pipe, such as `head`, ends the program. */
function plainStdout(): ExportFile {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  return {
    after: null,
    events: 0,
    append: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(process.stdout.isTTY ? visible(text) : text, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    close: async () => undefined,
  };
}
