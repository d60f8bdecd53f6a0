import type { Sql } from '../database/db.ts';
import type { WhatIfResult } from './what-if-result.ts';

/** A kept result; null for an unknown id, and for a result that is too old to be shown. */
export async function findWhatIf(sql: Sql, id: string, now: string): Promise<WhatIfResult | null> {
  const [row] = await sql<{ result: WhatIfResult }[]>`
    select result from what_if_results
    where id = ${id} and created_at >= ${now}::timestamptz - ${daysKept} * interval '1 day'`;
  return row?.result ?? null;
}

/** How long results are kept. */
const daysKept = 90;

/**
 * Deletes results that are older than ninety days.
 * @param now the ledger's time
 * @returns how many
 */
export async function purgeWhatIfs(sql: Sql, now: string): Promise<number> {
  const purged = await sql`
    delete from what_if_results where created_at < ${now}::timestamptz - ${daysKept} * interval '1 day'`;
  return purged.count;
}

/**
 * Keeps a result and returns it. A result of its id that is kept already is the first answer, and is
 * returned.
 */
export async function keepWhatIf(sql: Sql, result: WhatIfResult, actor: string): Promise<WhatIfResult> {
  // As text: a parameter of type json would be turned into JSON once more.
  const { count } = await sql`
    insert into what_if_results (id, actor, created_at, result)
    values (${result.id}, ${actor}, ${result.created_at}, ${JSON.stringify(result)}::text::json)
    on conflict (id) do nothing`;
  return count === 1 ? result : ((await findWhatIf(sql, result.id, result.created_at)) ?? result);
}
