import { randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { deployments } from '../../projections/deployments/tables.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { openEventStore } from '../../src/journal/eventstoredb/client.ts';
import { mintToken } from '../../simulators/issuer/token.ts';
import { createApi, ok } from '../support/http/api.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { llmUsageByHand } from './by-hand/llm-ingest.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { copyJournal } from './copy.ts';
import { clientAppends } from './eventstore-append.ts';
import { secondsOf } from './figure.ts';
import { RECORDS, reportOf, type GatewayTask } from './llm-gateway.ts';
import { jobMetadata } from './metered-usage.ts';
import { countProcessor, serverPidOf } from './processor.ts';
import { programBeside } from './programs.ts';
import { listen, openBenchService, urlOf } from './service.ts';

/** The table that the reports go to by hand, with the columns, keys and indexes of the journal. */
const BY_HAND = 'journal_by_hand';

/**
 * Reports of the LLM gateway, a process of its own, over HTTP in batches of a thousand, each an event of its
 * own; against COPY of as many events, and against the same requests taken by hand.
 */
export async function openLlmIngest(context: BenchContext): Promise<OpenPair> {
  const { sql } = context;
  await sql`create table if not exists floor_journal (like journal including all)`;
  await sql.unsafe(`create table if not exists ${BY_HAND} (like journal including all)`);
  const { task, value, close: closeService } = await openGatewayRun(context, null);
  const pool = context.openPool(4);
  const byHand = await listen(
    llmUsageByHand(pool, { secret: TEST_SECRET, journal: BY_HAND, deployments: deployments.ref }),
  );
  const handTask = { ...task, url: urlOf(byHand) };
  await expectSameWork(sql, task, handTask);
  const processor = countProcessor(await serverPidOf(sql));
  return {
    pair: {
      name: 'llm_ingest',
      unit: 'records/s',
      aim: { valueAtLeast: 15_000 },
      floorName: 'COPY of as many events into a table with the same keys and indexes',
      value: () => processor.during(RECORDS, value),
      async floor() {
        await sql`truncate floor_journal`;
        const rows = Array.from({ length: RECORDS }, (_, n) =>
          reportOf(randomUUID(), n, task.deploymentId),
        ).map((report) => ({
          stream: `llm-${report.gateway_request_id}`,
          revision: 0,
          id: report.gateway_request_id,
          type: 'LlmUsageRecorded',
          data: JSON.stringify({ ...report, tenant_id: 'bench-tenant' }),
          metadata: jobMetadata,
          recordedAt: '2026-04-02T01:10:00.000Z',
        }));
        return RECORDS / (await secondsOf(() => copyJournal(sql, 0, rows, 'floor_journal')));
      },
      sameWork: {
        floorName: 'express, zod and one statement a batch by hand, without read models and hash chain',
        aim: 0.5,
        run: () => gatewayRun(handTask),
      },
      besides: () => ({ records_per_processor_second: processor.perSecond() }),
    },
    async close() {
      byHand.closeAllConnections();
      await new Promise((resolve) => {
        byHand.close(resolve);
      });
      await pool.end();
      await closeService();
    },
  };
}

/** @throws when the same reports are not answered and recorded by hand as by the service */
async function expectSameWork(sql: BenchContext['sql'], task: GatewayTask, byHand: GatewayTask) {
  const events = ['a', 'b', 'a', 'c'].map((id, n) => reportOf(`same-${id}`, n, task.deploymentId));
  const bodies = [{ events }, { events: [...events].reverse() }];
  const answersOf = async ({ url, token }: GatewayTask) => {
    const answers: unknown[] = [];
    for (const body of bodies)
      answers.push(await ok(createApi(url).post('integrations/llm-usage', body, { token })));
    return answers;
  };
  const rowsIn = (table: string) => sql`
    select stream, revision, type, data::text as data, metadata ->> 'command' as command,
      metadata -> 'actor' ->> 'sub' as sub, (select count(*) from json_object_keys(metadata)) as members
    from ${sql(table)} where type = 'LlmUsageRecorded' order by stream`;
  const done = async (run: GatewayTask, table: string) => [await answersOf(run), [...(await rowsIn(table))]];
  const [ours, theirs] = [await done(task, 'journal'), await done(byHand, BY_HAND)];
  if (!isDeepStrictEqual(ours, theirs))
    throw new Error(`by hand it is not the same work: ${JSON.stringify([ours, theirs])}`);
}

/**
 * The same with the events in the EventStoreDB of EVENTSTORE_URL; against the client's own single appends.
 */
export async function openEventStoreLlmIngest(context: BenchContext): Promise<OpenPair> {
  const url = process.env['EVENTSTORE_URL'] ?? '';
  const { value, close } = await openGatewayRun(context, url);
  const store = openEventStore(url);
  return {
    pair: {
      name: 'eventstore_llm_ingest',
      unit: 'records/s',
      aim: 0.9,
      floorName: "the client's appendToStream, one event a call by 100 callers",
      value,
      floor: () => clientAppends(store),
    },
    async close() {
      await store.close();
      await close();
    },
  };
}

/** A service with a deployment, and what lets a gateway report to it once: records a second. */
async function openGatewayRun(context: BenchContext, eventStoreUrl: string | null) {
  const service = await openBenchService(context, { eventStoreUrl });
  const api = createApi(service.url);
  const token = mintToken({ secret: TEST_SECRET, sub: 'bench', tenant_id: 'bench-tenant' });
  const {
    data: { id },
  } = await ok(api.post('deployments', { slug: 'bench', display_name: 'Bench' }, { token }), 201);
  const task: GatewayTask = {
    url: service.url,
    token: mintToken({ secret: TEST_SECRET, sub: 'llm-gateway', roles: ['service'] }),
    deploymentId: String(id),
  };
  return {
    task,
    value: async () => {
      const perSecond = await gatewayRun(task);
      // The read models are behind; catching up must not count for the next run.
      await caughtUp(service.ledger);
      return perSecond;
    },
    close: () => service.close(),
  };
}

/** Lets a gateway, a process of its own, report once: records a second. */
async function gatewayRun(task: GatewayTask): Promise<number> {
  const gateway = fork(programBeside('llm-gateway'), [JSON.stringify(task)]);
  const ended = once(gateway, 'close');
  const [seconds] = await Promise.race([
    once(gateway, 'message') as Promise<[number]>,
    ended.then(([code]) => {
      throw new Error(`the gateway ended with ${String(code)}`);
    }),
  ]);
  await ended;
  return RECORDS / seconds;
}

/** Waits, without a limit, until the read models have applied the whole journal. */
async function caughtUp(ledger: Ledger): Promise<void> {
  for (;;) {
    try {
      return await ledger.readLatest(async () => undefined);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}
