import { advisoryLocks } from '../../database/advisory-locks.ts';
import type { Sql } from '../../database/db.ts';
import type { Logger } from '../../runtime/logger.ts';
import { pause, supervise, type Supervised } from '../../database/supervise.ts';
import { GENESIS } from './genesis.ts';

/** The most events that one transaction chains. */
const BATCH = 2_000;
/** Milliseconds of pause at the journal's end: hashes are not urgent, so events are chained in groups. */
const EVERY_MS = 500;

/** Where the hash chain stands. */
export interface ChainHead {
  /** Journal position; 0 for an empty chain. */
  position: number;
  /** SHA-256 over everything up to there, in hex. */
  hash: string;
}

/** Extends the hash chain to the journal's end, in one process at a time; the others stand by. */
export function startChainer(sql: Sql, locks: Sql, logger: Logger): Supervised {
  return supervise(
    locks,
    {
      name: 'hash chain',
      lock: advisoryLocks.chainer,
      async run(signal) {
        while (!signal.aborted) {
          if ((await chainNext(sql)) < BATCH) await pause(EVERY_MS, signal);
        }
      },
    },
    logger,
  );
}

async function chainNext(sql: Sql): Promise<number> {
  const [row] = await sql<{ chained: number }[]>`select journal_chain(${BATCH}) as chained`;
  return row?.chained ?? 0;
}

/** Brings the chain to the journal's end as of now. */
export async function completeChain(sql: Sql): Promise<ChainHead> {
  while ((await chainNext(sql)) > 0);
  return chainHead(sql);
}

async function chainHead(sql: Sql): Promise<ChainHead> {
  const [head] = await sql<ChainHead[]>`
    select position, encode(hash, 'hex') as hash from journal_hashes order by position desc limit 1`;
  return head ?? { position: 0, hash: GENESIS };
}

/** The head of the journal with the time of its last event, and the head of the chain, in one moment. */
export async function journalEnd(
  sql: Sql,
): Promise<{ head: number; recorded_at: string | null; chain: ChainHead }> {
  const [row] = await sql<
    { head: number; recorded_at: string | null; position: number | null; hash: string | null }[]
  >`
    select coalesce(j.position, 0) as head, j.recorded_at, h.position, encode(h.hash, 'hex') as hash
    from (select) as one
    left join lateral (
      select position, recorded_at from journal order by position desc limit 1) j on true
    left join lateral (
      select position, hash from journal_hashes order by position desc limit 1) h on true`;
  return {
    head: row?.head ?? 0,
    recorded_at: row?.recorded_at ?? null,
    chain: { position: row?.position ?? 0, hash: row?.hash ?? GENESIS },
  };
}
