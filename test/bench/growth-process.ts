// One step on the growing ledger, in a process of its own: its memory is that of the step alone. The first
// argument is the task as JSON. The parent asks for each run by a message and gets what it took.
import { projections } from '../../projections/index.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import { openPostgresLog } from '../../src/journal/postgres-log.ts';
import { openLedger } from '../../src/open-ledger.ts';
import { addMonths, monthOf } from '../../src/pricing/calendar.ts';
import { rollUp } from '../../src/processes/roll-up.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { verifyLedger } from '../../src/processes/verify-ledger.ts';
import { createPositionWaiter } from '../../src/read-models/position-waiter.ts';
import { startProjector } from '../../src/read-models/projector.ts';
import { rebuildProjections } from '../../src/read-models/rebuild/rebuild.ts';
import { groupBy } from '../../src/runtime/group-by.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { fixedClock } from '../support/ledger/fixed-clock.ts';
import { testParts } from '../support/ledger/test-parts.ts';
import { openContext, setCheckpoints } from './context.ts';
import { journalHead, type JournalRow } from './copy.ts';
import { Business, dayAt, RUN_DAYS } from './growth-days.ts';
import { fillDays } from './growth-fill.ts';
import { pathsOn } from './growth-routes.ts';
import type { GrowthAnswer, GrowthRequest, GrowthStep, GrowthTask, Served } from './growth-step.ts';
import { openMonthLedger, rollUpDeps } from './month-of-tenants.ts';
import { mostResidentMb } from './processor.ts';
import { adminMeta, openBenchService } from './service.ts';

const CALLERS = 64;

/** A step that is ready to run. */
interface OpenStep {
  /** Answers of how many units the run was. */
  run?: () => Promise<number>;
  serves?: Served;
  close?: () => Promise<void>;
}

const task = JSON.parse(process.argv[2] ?? '') as GrowthTask;
const context = openContext({ ...task.server, database: task.database }, 0);
const { sql, openPool } = context;
const business = new Business(task.thousands);
const now = `${dayAt(task.to + 1)}T09:00:00.000Z`;
const clock = fixedClock(now);

const steps: Record<GrowthStep, () => Promise<OpenStep>> = {
  /** The days from `from` up to `to` are copied into the journal; the read models do not know them yet. */
  async fill() {
    if (task.from === 0) {
      const open = await openMonthLedger(context, now);
      await seedCatalog(open.ledger, adminMeta);
      await open.close();
    }
    return {
      async run() {
        const before = await journalHead(sql);
        await fillDays(context, business, task);
        const head = await journalHead(sql);
        await setCheckpoints(sql, head);
        return head - before;
      },
    };
  },
  async rebuild() {
    return {
      async run() {
        const outcomes = await rebuildProjections(projections, { openPool, logger: silentLogger });
        const failed = outcomes.find(({ status }) => status === 'failed');
        if (failed !== undefined) throw new Error(JSON.stringify(failed));
        return journalHead(sql);
      },
    };
  },
  /** The invoices of the months that have ended since day `from`; then all is as a ledger at rest. */
  async settle() {
    return {
      async run() {
        const open = await openMonthLedger(context, now);
        let invoices = 0;
        for (let period = monthOf(dayAt(task.from)); period < monthOf(now); period = addMonths(period, 1))
          invoices += (await rollUp(rollUpDeps(open), { period }, adminMeta)).invoices.length;
        await open.close();
        await completeChain(sql);
        await sql`vacuum analyze`;
        return Math.max(1, invoices);
      },
    };
  },
  async verify() {
    const open = await openLedger({ ...testParts(context.target), clock });
    return {
      async run() {
        const { ledger } = open;
        const found = await verifyLedger({ ledger, projections, openPool, logger: silentLogger });
        if (!found.ok) throw new Error(`the ledger is not sound: ${JSON.stringify(found).slice(0, 2_000)}`);
        return found.chain.events;
      },
      close: () => open.close(),
    };
  },
  async serve() {
    const service = await openBenchService(context, { clock });
    const paths = await pathsOn({ sql, url: service.url }, task.to);
    return { serves: { url: service.url, paths }, close: () => service.close() };
  },
  async append() {
    const pool = openPool(2);
    const log = await openPostgresLog(pool);
    let day = task.from;
    return {
      async run() {
        const days = Array.from({ length: RUN_DAYS }, () => appendsOf([...business.eventsOf(day++)]));
        started();
        for (const appends of days) {
          let next = 0;
          const caller = async () => {
            for (let one = appends[next++]; one !== undefined; one = appends[next++])
              await log.append(one.stream, one.events, one.expected);
          };
          await Promise.all(Array.from({ length: CALLERS }, caller));
        }
        return days.flat().reduce((sum, { events }) => sum + events.length, 0);
      },
      close: () => pool.end(),
    };
  },
  async live() {
    const waiter = await createPositionWaiter(sql, projections);
    const pools = [openPool(4), openPool(1)] as const;
    return {
      async run() {
        const [at] = await sql<{ position: number }[]>`
          select min(position) as position from projection_checkpoints`;
        const head = await journalHead(sql);
        started();
        const runner = startProjector(...pools, projections, silentLogger);
        if (!(await waiter.waitFor(head, 600_000))) throw new Error('the read models did not follow');
        await runner.stop();
        return head - (at?.position ?? 0);
      },
      async close() {
        await waiter.close();
        for (const pool of pools) await pool.end();
      },
    };
  },
};

/** A day's events as the appends of its commands. */
function appendsOf(events: readonly JournalRow[]) {
  return [...groupBy(events, ({ stream }) => stream)].map(([stream, rows]) => {
    const first = rows[0]?.revision ?? 0;
    return {
      stream,
      expected: first === 0 ? NO_STREAM : first - 1,
      events: rows.map(({ id, type, data, metadata }) => ({
        ...{ id, type },
        data: JSON.parse(data) as unknown,
        metadata: JSON.parse(metadata),
      })),
    };
  });
}

let began = processorNow();

function processorNow() {
  const { user, system } = process.cpuUsage();
  return { us: user + system, at: performance.now() };
}

/** What a run does before this is its preparation, and not counted. */
function started(): void {
  began = processorNow();
}

const answers: Record<GrowthRequest, (step: OpenStep) => Promise<GrowthAnswer>> = {
  async run({ run }) {
    started();
    const units = (await run?.()) ?? 0;
    const { us, at } = processorNow();
    return { units, processUs: us - began.us, wallUs: (at - began.at) * 1_000 };
  },
  processor: async () => ({ units: 0, processUs: processorNow().us, wallUs: 0 }),
  async end({ close }) {
    await close?.();
    await sql.end();
    return { units: 0, processUs: 0, wallUs: 0, residentMb: mostResidentMb() };
  },
};

const step = await steps[task.step]();
process.on('message', (request: GrowthRequest) => {
  void answers[request](step).then((answer) => {
    process.send?.(answer);
    if (request === 'end') process.disconnect();
  });
});
process.send?.(step.serves ?? { url: '', paths: {} });
