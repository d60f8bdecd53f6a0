import { createHash } from 'node:crypto';
import { copyOut, unescaped } from '../../database/copy-out.ts';
import type { Sql } from '../../database/db.ts';
import { GENESIS } from './genesis.ts';

/** The first place where journal and hash chain differ; what follows is not checked. */
interface ChainFault {
  position: number;
  problem: 'altered' | 'missing_event' | 'missing_hash' | 'recorded_at';
  detail: string;
}

/** The result of verifying the chain. */
export interface VerifiedChain {
  /** Events whose hash was computed again. */
  events: number;
  /** The last position that is right. */
  position: number;
  /** The chain's hash there, in hex. */
  hash: string;
  /** Events at the end without a hash yet: the chain follows the journal. */
  unchained: number;
  fault: ChainFault | null;
}

interface ChainRow {
  position: number;
  id: string;
  stream: string;
  revision: string;
  type: string;
  data: string;
  metadata: string;
  recordedAt: string;
  hash: string;
}

/**
 * Computes the hash chain from the journal's rows, outside the database, and compares it with the stored
 * hashes.
 * @param openPool opens a pool of one connection
 * @param stopAt the position whose hash is returned in `at`
 * @param onProgress called every 10,000 events; what it throws ends the work
 */
export async function verifyChain(
  openPool: (max: number) => Sql,
  stopAt?: number,
  onProgress?: (position: number) => void,
): Promise<VerifiedChain & { at: string | null }> {
  const sql = openPool(1);
  const verified = {
    events: 0,
    position: 0,
    hash: GENESIS,
    unchained: 0,
    fault: null as ChainFault | null,
    at: stopAt === 0 ? GENESIS : null,
  };
  try {
    for await (const line of copyOut(sql, statement)) {
      const row = parse(line);
      const step = check(verified.hash, verified.position, row);
      if ('problem' in step) {
        verified.fault = step;
        break;
      }
      if (step.chained && verified.unchained > 0) {
        verified.fault = {
          position: verified.position,
          problem: 'missing_hash',
          detail: `position ${verified.position} has no hash, ${row.position} has one`,
        };
        break;
      }
      verified.events += 1;
      verified.position = row.position;
      verified.hash = step.hash;
      if (!step.chained) verified.unchained += 1;
      if (row.position === stopAt) verified.at = step.hash;
      if (verified.events % 10_000 === 0) onProgress?.(row.position);
    }
    return verified;
  } finally {
    // After a fault the copy is not read to its end.
    await sql.end({ timeout: 0 });
  }
}

const statement = `copy (
  select position, j.id, j.stream, j.revision, j.type, j.data, j.metadata,
    coalesce(to_char(j.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ''),
    coalesce(encode(h.hash, 'hex'), '')
  from journal j full join journal_hashes h using (position) order by position) to stdout`;

function parse(line: string): ChainRow {
  const [
    position = '',
    id = '',
    stream = '',
    revision = '',
    type = '',
    data = '',
    metadata = '',
    recordedAt = '',
    hash = '',
  ] = line.split('\t');
  return {
    position: Number(position),
    id,
    stream: unescaped(stream),
    revision,
    type: unescaped(type),
    data: unescaped(data),
    metadata: unescaped(metadata),
    recordedAt,
    hash,
  };
}

function check(before: string, last: number, row: ChainRow): { hash: string; chained: boolean } | ChainFault {
  const { position } = row;
  if (position !== last + 1)
    return {
      position: last + 1,
      problem: 'missing_event',
      detail: `position ${last + 1} is not in the journal, ${position} is`,
    };
  if (row.recordedAt === '')
    return {
      position,
      problem: 'missing_event',
      detail: `position ${position} was chained and is not in the journal any more`,
    };
  if (row.recordedAt !== recordedAtOf(row.metadata))
    return {
      position,
      problem: 'recorded_at',
      detail: `position ${position}: recorded_at is not what the event's metadata says`,
    };
  const hash = hashOf(before, row);
  if (row.hash === '') return { hash, chained: false };
  if (row.hash === hash) return { hash, chained: true };
  return {
    position,
    problem: 'altered',
    detail:
      `position ${position} (${row.type} of stream ${row.stream}) is not what was chained, ` +
      'or something before it is not',
  };
}

/** What `recorded_at` has to be by the hashed metadata, in the database's microseconds. */
function recordedAtOf(metadata: string): string | null {
  const { recorded_at } = JSON.parse(metadata) as { recorded_at?: unknown };
  const instant = typeof recorded_at === 'string' ? new Date(recorded_at) : null;
  return instant === null || Number.isNaN(instant.getTime())
    ? null
    : `${instant.toISOString().slice(0, -1)}000Z`;
}

/** As `journal_event_hash` of the migrations. */
function hashOf(before: string, { id, stream, revision, type, data, metadata }: ChainRow): string {
  const hash = createHash('sha256').update(before, 'hex');
  for (const text of [id, stream, revision, type, data, metadata])
    hash.update(`${Buffer.byteLength(text)}:${text}`);
  return hash.digest('hex');
}
