import type { Bench, BenchData } from './context.ts';

// Each figure is loaded where it is measured: what it doesn't need would count as its memory.

/** Filled apart: what the filling leaves in a process would count as the follower's memory. */
const followedJournal: BenchData = {
  name: 'followed_journal',
  prepare: async ({ sql, events }) => (await import('./live-projection.ts')).prepareJournal(sql, events),
};

const meteredUsage: BenchData = {
  name: 'metered_usage',
  prepare: async (context) => (await import('./metered-usage.ts')).prepareMeteredUsage(context),
};

const monthOf = (tenants: number): BenchData => ({
  name: `month_of_${tenants}_tenants`,
  prepare: async (context) => (await import('./month-of-tenants.ts')).prepareMonth(context, tenants),
});

const reseller = monthOf(1_000);
const oneEach = monthOf(10_000);

/** Every figure that needs PostgreSQL, in the order in which they are measured. */
export const benches: readonly Bench[] = [
  { name: 'quote', open: async () => (await import('./quote.ts')).openQuote() },
  {
    name: 'cli_help',
    open: async () =>
      (await import('./command-line.ts')).openCommandLine('cli_help', ['--help'], { valueAtMost: 400 }),
  },
  {
    name: 'cli_job_list',
    open: async () =>
      (await import('./command-line.ts')).openCommandLine('cli_job_list', ['job', 'list'], {
        valueAtMost: 1_000,
      }),
  },
  { name: 'cli_commands', open: async () => (await import('./start.ts')).openCommands() },
  { name: 'start', open: async () => (await import('./start.ts')).openStart() },
  { name: 'demo', open: async () => (await import('./start.ts')).openDemo() },
  { name: 'http_get', open: async (context) => (await import('./http-get.ts')).openHttpGet(context) },
  {
    name: 'two_processes',
    open: async (context) => (await import('./processes.ts')).openProcesses(context),
  },
  { name: 'llm_ingest', open: async (context) => (await import('./llm-ingest.ts')).openLlmIngest(context) },
  {
    name: 'eventstore_llm_ingest',
    onEventStore: true,
    open: async (context) => (await import('./llm-ingest.ts')).openEventStoreLlmIngest(context),
  },
  {
    name: 'eventstore_copy',
    onEventStore: true,
    open: async (context) => (await import('./eventstore-copy.ts')).openEventStoreCopy(context),
  },
  { name: 'append_64', open: async (context) => (await import('./append.ts')).openAppend64(context) },
  {
    name: 'emmett_append_64',
    open: async (context) => (await import('./emmett.ts')).openEmmettAppend(context),
  },
  {
    name: 'live_projection',
    open: async (context) => (await import('./live-projection.ts')).openLiveProjection(context),
  },
  {
    name: 'memory',
    data: followedJournal,
    open: async (context) => (await import('./memory.ts')).openMemory(context),
  },
  { name: 'sync_10k', open: async (context) => (await import('./sync.ts')).openSync(context) },
  { name: 'sync_10k_memory', open: async (context) => (await import('./sync.ts')).openSyncMemory(context) },
  {
    name: 'rebuild',
    data: meteredUsage,
    open: async (context) => (await import('./rebuild.ts')).openRebuild(context),
  },
  {
    name: 'emmett_projection',
    data: meteredUsage,
    open: async (context) => (await import('./emmett.ts')).openEmmettProjection(context),
  },
  {
    name: 'hash_chain',
    data: meteredUsage,
    open: async (context) => (await import('./hash-chain.ts')).openHashChain(context),
  },
  {
    name: 'verify',
    data: meteredUsage,
    open: async (context) => (await import('./verify.ts')).openVerify(context),
  },
  {
    name: 'what_if_10k',
    data: reseller,
    open: async (context) => (await import('./what-if.ts')).openWhatIf(context),
  },
  {
    name: 'explain',
    data: reseller,
    open: async (context) => (await import('./explain.ts')).openExplain(context),
  },
  {
    name: 'rollup_10k',
    data: reseller,
    open: async (context) =>
      (await import('./rollup.ts')).openRollup(context, 1_000, {
        name: 'rollup_10k',
        aim: { valueAtMost: 2_000 },
      }),
  },
  // The same subscriptions as invoices of their own: what an invoice costs beside what its lines cost.
  {
    name: 'rollup_10k_tenants',
    data: oneEach,
    open: async (context) =>
      (await import('./rollup.ts')).openRollup(context, 10_000, {
        name: 'rollup_10k_tenants',
        aim: { valueAtMost: 3_000 },
      }),
  },
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
