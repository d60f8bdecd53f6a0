import { rollUp } from '../../src/processes/roll-up.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { copyJournal, type JournalRow } from './copy.ts';
import { secondsOf, type Pair } from './figure.ts';
import {
  forgetInvoices,
  openMonthLedger,
  PERIOD,
  preparedHead,
  rollUpDeps,
  sumUsage,
} from './month-of-tenants.ts';
import { adminMeta } from './service.ts';

/** The month's rollup over all subscriptions of so many tenants, to the last invoice in the read models. */
export async function openRollup(
  context: BenchContext,
  tenants: number,
  goal: Pick<Pair, 'name' | 'aim'>,
): Promise<OpenPair> {
  const { sql } = context;
  const head = await preparedHead(sql);
  await sql`create table if not exists floor_journal (like journal including all)`;
  return {
    pair: {
      ...goal,
      unit: 'ms',
      floorName: "the month's usage summed up by one statement, COPY of as many events as the rollup appends",
      async value() {
        await forgetInvoices(sql);
        const open = await openMonthLedger(context);
        try {
          return (
            1_000 *
            (await secondsOf(async () => {
              const { invoices: issued } = await rollUp(rollUpDeps(open), { period: PERIOD }, adminMeta);
              if (issued.filter(({ status }) => status === 'issued').length !== tenants)
                throw new Error(`${issued.length} invoices, not all of them issued`);
            }))
          );
        } finally {
          await open.close();
        }
      },
      async floor() {
        // What the last rollup appended; the warm-up has run one.
        const written = await sql<
          JournalRow[]
        >`select stream, revision, id, type, data::text as data, metadata::text as metadata,
          recorded_at as "recordedAt" from journal where position > ${head} order by position`;
        await sql`truncate floor_journal`;
        return (
          1_000 *
          (await secondsOf(async () => {
            await sumUsage(sql);
            await copyJournal(sql, 0, written, 'floor_journal');
          }))
        );
      },
    },
    async close() {
      await forgetInvoices(sql);
      await sql`drop table floor_journal`;
    },
  };
}
