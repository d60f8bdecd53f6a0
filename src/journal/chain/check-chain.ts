import type { Db } from '../../database/db.ts';
import { headOfJournal } from '../read-journal.ts';
import { GENESIS } from './genesis.ts';

/** A stretch of the journal whose hashes were compared. */
export interface CheckedChain {
  /** How many events were compared. */
  events: number;
  /** The last position that was compared; what follows is not chained yet, or beyond the limit. */
  position: number;
  /** Whether the limit ended it. */
  isCut: boolean;
  /** The first place where journal and chain differ; null: there is none. */
  fault: { position: number; detail: string } | null;
}

/**
 * Compares the events since an instant with the hash chain, each with the stored hash before it: a change of
 * what was chained shows without a walk over the whole journal. The database computes the hashes, which takes
 * a second for some hundred thousand events; `verifyChain` trusts it less and takes all.
 * @param db one snapshot
 * @param since ISO instant
 * @param limit the most events
 */
export async function checkChain(
  db: Db,
  { since, limit }: { since: string; limit: number },
): Promise<CheckedChain> {
  const [heads] = await db<{ chained: number; journal: number }[]>`
    select coalesce((select position from journal_hashes order by position desc limit 1), 0) as chained,
      ${headOfJournal(db)} as journal`;
  const { chained = 0, journal = 0 } = heads ?? {};
  const from = await firstPositionSince(db, since, journal);
  const position = Math.min(chained, from + limit - 1);
  const checked = { events: Math.max(0, position - from + 1), position, isCut: position < chained };
  if (chained > journal)
    return { ...checked, fault: { position: journal + 1, detail: missing(journal + 1) } };
  const [bad] = await db<{ position: number; type: string | null }[]>`
    select n as position, j.type
    from generate_series(${from}::bigint, ${position}::bigint) n
      left join journal j on j.position = n
      left join journal_hashes h on h.position = n
      left join journal_hashes b on b.position = n - 1
    where h.hash is distinct from sha256(
        case when n = 1 then decode(${GENESIS}, 'hex') else b.hash end || convert_to(
          '36:' || j.id || octet_length(j.stream) || ':' || j.stream
          || octet_length(j.revision::text) || ':' || j.revision || octet_length(j.type) || ':' || j.type
          || octet_length(j.data::text) || ':' || j.data
          || octet_length(j.metadata::text) || ':' || j.metadata, 'UTF8'))
      or h.hash is null
    order by n limit 1`;
  if (bad === undefined) return { ...checked, fault: null };
  const detail =
    bad.type === null
      ? missing(bad.position)
      : `position ${bad.position} (${bad.type}) is not what was chained`;
  return { ...checked, fault: { position: bad.position, detail } };
}

const missing = (position: number): string => `position ${position} is not in the journal any more`;

/**
 * The first position that was recorded at an instant or later, one behind the head where there is none.
 * Positions are dense and times grow with them, but for what clocks of several machines differ.
 */
async function firstPositionSince(db: Db, since: string, head: number): Promise<number> {
  let low = 1;
  let high = head + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await db<{ is_before: boolean }[]>`
      select recorded_at < ${since}::timestamptz as is_before from journal
      where position >= ${middle} order by position limit 1`;
    if (row?.is_before === true) low = middle + 1;
    else high = middle;
  }
  return low;
}
