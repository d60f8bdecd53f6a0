import type { Bench } from './context.ts';
import { openAppend64 } from './append.ts';
import { openCommandLine } from './command-line.ts';
import { openEmmettAppend, openEmmettProjection } from './emmett.ts';
import { openEventStoreCopy } from './eventstore-copy.ts';
import { openExplain } from './explain.ts';
import { openHashChain } from './hash-chain.ts';
import { openHttpGet } from './http-get.ts';
import { openLiveProjection } from './live-projection.ts';
import { openEventStoreLlmIngest, openLlmIngest } from './llm-ingest.ts';
import { openMemory } from './memory.ts';
import { meteredUsage } from './metered-usage.ts';
import { monthOf } from './month-of-tenants.ts';
import { openQuote } from './quote.ts';
import { openRebuild } from './rebuild.ts';
import { openRollup } from './rollup.ts';
import { openSync, openSyncMemory } from './sync.ts';
import { openVerify } from './verify.ts';
import { openWhatIf } from './what-if.ts';

const reseller = monthOf(1_000);
const oneEach = monthOf(10_000);

/** Every figure that needs PostgreSQL, in the order in which they are measured. */
export const benches: readonly Bench[] = [
  { name: 'quote', open: openQuote },
  { name: 'cli_help', open: () => openCommandLine('cli_help', ['--help'], { valueAtMost: 500 }) },
  {
    name: 'cli_job_list',
    open: () => openCommandLine('cli_job_list', ['job', 'list'], { valueAtMost: 2_000 }),
  },
  { name: 'http_get', open: openHttpGet },
  { name: 'llm_ingest', open: openLlmIngest },
  { name: 'eventstore_llm_ingest', onEventStore: true, open: openEventStoreLlmIngest },
  { name: 'eventstore_copy', onEventStore: true, open: openEventStoreCopy },
  { name: 'append_64', open: openAppend64 },
  { name: 'emmett_append_64', open: openEmmettAppend },
  { name: 'live_projection', open: openLiveProjection },
  { name: 'memory', open: openMemory },
  { name: 'sync_10k', open: openSync },
  { name: 'sync_10k_memory', open: openSyncMemory },
  { name: 'rebuild', data: meteredUsage, open: openRebuild },
  { name: 'emmett_projection', data: meteredUsage, open: openEmmettProjection },
  { name: 'hash_chain', data: meteredUsage, open: openHashChain },
  { name: 'verify', data: meteredUsage, open: openVerify },
  { name: 'what_if_10k', data: reseller, open: openWhatIf },
  { name: 'explain', data: reseller, open: openExplain },
  {
    name: 'rollup_10k',
    data: reseller,
    open: (context) => openRollup(context, 1_000, { name: 'rollup_10k', aim: { valueAtMost: 2_000 } }),
  },
  // The same subscriptions as invoices of their own: what an invoice costs beside what its lines cost.
  {
    name: 'rollup_10k_tenants',
    data: oneEach,
    open: (context) => openRollup(context, 10_000, { name: 'rollup_10k_tenants', aim: null }),
  },
  // Loaded where they are measured: a browser's library is large.
  {
    name: 'console',
    inBrowser: true,
    async open() {
      const { openDemoConsole, openFirstPaint } = await import('./console.ts');
      return openFirstPaint(await openDemoConsole(), { name: 'console', aim: { valueAtMost: 200 } });
    },
  },
  {
    name: 'console_business',
    inBrowser: true,
    data: {
      name: 'business',
      prepare: async (context) => (await import('./business.ts')).prepareBusiness(context),
    },
    async open(context) {
      const [{ openBusinessConsole }, { openFirstPaint }] = await Promise.all([
        import('./business.ts'),
        import('./console.ts'),
      ]);
      const goal = { name: 'console_business', aim: { valueAtMost: 500 } };
      return openFirstPaint(await openBusinessConsole(context), goal);
    },
  },
];
