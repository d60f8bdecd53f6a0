import type { Sql } from '../database/db.ts';
import type { GivenOverrides } from './resolve-overrides.ts';
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

/** A kept result in a list, without its tenants. */
export interface WhatIfSummary {
  overrides: GivenOverrides;
  /** First days. */
  periods: string[];
  before: { total_cents: number };
  after: { total_cents: number };
  delta_cents: number;
}

/** Kept results, latest first. */
export async function listWhatIfs(
  sql: Sql,
  {
    now,
    after,
    limit,
  }: { now: string; after: readonly [createdAt: string, id: string] | null; limit: number },
): Promise<(WhatIfSummary & { id: string; actor: string; created_at: string })[]> {
  const rows = await sql<{ id: string; actor: string; created_at: string; summary: WhatIfSummary }[]>`
    select id, actor, created_at, summary from what_if_results
    where created_at >= ${now}::timestamptz - ${daysKept} * interval '1 day' and summary is not null
      ${after === null ? sql`` : sql`and (created_at, id) < (${after[0]}::timestamptz, ${after[1]})`}
    order by created_at desc, id desc limit ${limit}`;
  return rows.map(({ summary, ...row }) => ({ ...row, ...summary }));
}

function summaryOf(result: WhatIfResult): WhatIfSummary {
  const { overrides, before, after, delta_cents } = result;
  const periods = 'periods' in result ? result.periods.map(({ period }) => period) : [result.period];
  return { overrides, periods, before, after, delta_cents };
}

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
    insert into what_if_results (id, actor, created_at, result, summary)
    values (${result.id}, ${actor}, ${result.created_at}, ${JSON.stringify(result)}::text::json,
      ${JSON.stringify(summaryOf(result))}::text::json)
    on conflict (id) do nothing`;
  return count === 1 ? result : ((await findWhatIf(sql, result.id, result.created_at)) ?? result);
}
