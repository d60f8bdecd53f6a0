import { usage } from '../../projections/usage/usage.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import { hashThrough } from './verify.ts';

/** The hash chain over the whole journal, as its follower makes it, with no appends meanwhile. */
export async function openHashChain(context: BenchContext): Promise<OpenPair> {
  const { sql, events } = context;
  return {
    pair: {
      name: 'hash_chain',
      unit: 'events/s',
      aim: 0.2,
      floorName: 'COPY out and SHA-256 of each row',
      repetitions: 1,
      async value() {
        await sql`truncate journal_hashes`;
        return events / (await secondsOf(() => completeChain(sql)));
      },
      floor: async () => events / (await secondsOf(() => hashThrough(context))),
      bytesPerEvent: () => bytesPerEvent(context),
    },
  };
}

/** Bytes on the disk for each event of metered usage. */
async function bytesPerEvent({ sql, events }: BenchContext): Promise<Record<string, number>> {
  const size = async (expression: string) => {
    const [row] = await sql.unsafe<{ bytes: number }[]>(`select ${expression} as bytes`);
    return Math.round((row?.bytes ?? 0) / events);
  };
  return {
    journal: await size("pg_table_size('journal')"),
    'journal keys and indexes': await size("pg_indexes_size('journal')"),
    'hash chain': await size("pg_total_relation_size('journal_hashes')"),
    'usage read model': await size(
      usage.tables.map(({ ref }) => `pg_total_relation_size('${ref}')`).join(' + '),
    ),
  };
}
