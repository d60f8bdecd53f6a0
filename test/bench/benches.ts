import { openAppend64 } from './append.ts';
import { openEmmettAppend, openEmmettProjection } from './emmett.ts';
import { openExplain } from './explain.ts';
import type { Bench } from './context.ts';
import { openHashChain } from './hash-chain.ts';
import { openHttpGet } from './http-get.ts';
import { openLiveProjection } from './live-projection.ts';
import { openLlmIngest } from './llm-ingest.ts';
import { openMemory } from './memory.ts';
import { meteredUsage } from './metered-usage.ts';
import { monthOfTenants } from './month-of-tenants.ts';
import { openQuote } from './quote.ts';
import { openRebuild } from './rebuild.ts';
import { openRollup } from './rollup.ts';
import { openVerify } from './verify.ts';
import { openWhatIf } from './what-if.ts';

/** Every figure that needs no server beside PostgreSQL, in the order in which they are measured. */
export const benches: readonly Bench[] = [
  { name: 'quote', open: openQuote },
  { name: 'http_get', open: openHttpGet },
  { name: 'llm_ingest', open: openLlmIngest },
  { name: 'append_64', open: openAppend64 },
  { name: 'emmett_append_64', open: openEmmettAppend },
  { name: 'live_projection', open: openLiveProjection },
  { name: 'memory', open: openMemory },
  { name: 'rebuild', data: meteredUsage, open: openRebuild },
  { name: 'emmett_projection', data: meteredUsage, open: openEmmettProjection },
  { name: 'hash_chain', data: meteredUsage, open: openHashChain },
  { name: 'verify', data: meteredUsage, open: openVerify },
  { name: 'what_if_10k', data: monthOfTenants, open: openWhatIf },
  { name: 'explain', data: monthOfTenants, open: openExplain },
  { name: 'rollup_10k', data: monthOfTenants, open: openRollup },
];
