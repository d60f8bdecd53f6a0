import type { Sql } from '../../../src/database/db.ts';

/** Events a page. */
const PAGE = 5_000;

interface Changed {
  position: number;
  data: {
    resource_id: string;
    name: string;
    status: string;
    region: string | null;
    size_slug: string | null;
    observed_at: string;
  };
}

/**
 * The rows of the live projection by hand: a page of the journal read and parsed, one UNNEST upsert, the
 * checkpoint in the same transaction, page after page.
 * @param table the table, with the columns and the key of the projection's
 * @param spread by which number positions are taken modulo in a row's key
 */
export async function projectByHand(
  sql: Sql,
  { table, checkpoint, spread }: { table: string; checkpoint: string; spread: number },
): Promise<void> {
  const upsert = `insert into ${table} (id, name, status, region, size_slug, seen_at, position)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
      $7::bigint[])
    on conflict (id) do update set name = excluded.name, status = excluded.status, region = excluded.region,
      size_slug = excluded.size_slug, seen_at = excluded.seen_at, position = excluded.position`;
  for (let from = 0; ;) {
    const page = await sql<Changed[]>`
      select position, data from journal where position > ${from} order by position limit ${PAGE}`;
    const last = page.at(-1);
    if (last === undefined) return;
    const rows = page.map(({ position, data }) => ({ ...data, position }));
    await sql.begin(async (tx) => {
      await Promise.all([
        tx`update projection_checkpoints set position = ${last.position}
          where name = ${checkpoint} and position = ${from}`,
        tx.unsafe(
          upsert,
          [
            rows.map(({ resource_id, position }) => `${resource_id}-${position % spread}`),
            rows.map(({ name }) => name),
            rows.map(({ status }) => status),
            rows.map(({ region }) => region),
            rows.map(({ size_slug }) => size_slug),
            rows.map(({ observed_at }) => observed_at),
            rows.map(({ position }) => position),
          ],
          { prepare: true },
        ),
      ]);
    });
    from = last.position;
  }
}
