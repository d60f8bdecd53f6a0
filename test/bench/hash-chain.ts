import { completeChain } from '../../src/proof/journal-chain.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import { hashThrough } from './verify.ts';

/** The hash chain over the whole journal, as its follower makes it, with nobody appending meanwhile. */
export async function openHashChain(context: BenchContext): Promise<OpenPair> {
  const { sql, events } = context;
  return {
    pair: {
      name: 'hash_chain', unit: 'events/s', aim: 0.2, floorName: 'COPY out and SHA-256 of each row', repetitions: 1,
      async value() {
        await sql`truncate journal_hashes`;
        return events / (await secondsOf(() => completeChain(sql)));
      },
      floor: async () => events / (await secondsOf(() => hashThrough(context))),
    },
  };
}
