import { createHash } from 'node:crypto';
import { copyOut } from '../../src/database/copy-out.ts';
import { fixedClock } from '../support/ledger/fixed-clock.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { openLedger } from '../../src/open-ledger.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { verifyLedger } from '../../src/processes/verify-ledger.ts';
import { projections } from '../../projections/index.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import { copyThrough } from './rebuild.ts';
import { testParts } from '../support/ledger/test-parts.ts';

/** COPY of the journal out, a SHA-256 over each row and the hash before it. */
export async function hashThrough({ openPool }: BenchContext): Promise<void> {
  const reader = openPool(1);
  let hash = '';
  for await (const line of copyOut(
    reader,
    `copy (select position, id, stream, revision, type, data, metadata
      from journal order by position) to stdout`,
  )) {
    hash = createHash('sha256').update(hash).update(line).digest('hex');
  }
  await reader.end();
}

/**
 * The whole proof: hash chain computed again, all read models built anew and compared row by row, invoices
 * derived again.
 */
export async function openVerify(context: BenchContext): Promise<OpenPair> {
  const { target, sql, openPool, events } = context;
  await completeChain(sql);
  const open = await openLedger({ ...testParts(target), clock: fixedClock('2026-05-02T03:00:00.000Z') });
  return {
    pair: {
      name: 'verify',
      unit: 'events/s',
      aim: 0.3,
      floorName: 'COPY out and SHA-256 of each row; COPY out, parse, COPY in of the usage records',
      async value() {
        return (
          events /
          (await secondsOf(async () => {
            const {
              ok,
              chain,
              projections: models,
            } = await verifyLedger({ ledger: open.ledger, projections, openPool, logger: silentLogger });
            if (!ok || chain.events !== events) throw new Error(JSON.stringify({ chain, models }));
          }))
        );
      },
      floor: async () =>
        events /
        (await secondsOf(async () => {
          await hashThrough(context);
          await copyThrough(context);
        })),
    },
    async close() {
      await open.close();
      await sql`drop table if exists floor_usage`;
    },
  };
}
