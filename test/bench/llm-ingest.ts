import { randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { openEventStore } from '../../src/journal/eventstoredb/client.ts';
import { mintToken } from '../../simulators/issuer/token.ts';
import { createApi, ok } from '../support/http/api.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { copyJournal } from './copy.ts';
import { clientAppends } from './eventstore-append.ts';
import { secondsOf } from './figure.ts';
import { RECORDS, reportOf, type GatewayTask } from './llm-gateway.ts';
import { jobMetadata } from './metered-usage.ts';
import { programBeside } from './programs.ts';
import { openBenchService } from './service.ts';

/**
 * Reports of the LLM gateway, a process of its own, over HTTP in batches of a thousand, each an event of its
 * own; against COPY of as many events.
 */
export async function openLlmIngest(context: BenchContext): Promise<OpenPair> {
  const { sql } = context;
  await sql`create table if not exists floor_journal (like journal including all)`;
  const { taskDeployment, value, close } = await openGatewayRun(context, null);
  return {
    pair: {
      name: 'llm_ingest',
      unit: 'records/s',
      aim: { valueAtLeast: 15_000 },
      floorName: 'COPY of as many events into a table with the same keys and indexes',
      value,
      async floor() {
        await sql`truncate floor_journal`;
        const rows = Array.from({ length: RECORDS }, (_, n) => reportOf(randomUUID(), n, taskDeployment)).map(
          (report) => ({
            stream: `llm-${report.gateway_request_id}`,
            revision: 0,
            id: report.gateway_request_id,
            type: 'LlmUsageRecorded',
            data: JSON.stringify({ ...report, tenant_id: 'bench-tenant' }),
            metadata: jobMetadata,
            recordedAt: '2026-04-02T01:10:00.000Z',
          }),
        );
        return RECORDS / (await secondsOf(() => copyJournal(sql, 0, rows, 'floor_journal')));
      },
    },
    close,
  };
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
    taskDeployment: task.deploymentId,
    value: async () => {
      const gateway = fork(programBeside('llm-gateway'), [JSON.stringify(task)]);
      const ended = once(gateway, 'close');
      const [seconds] = await Promise.race([
        once(gateway, 'message') as Promise<[number]>,
        ended.then(([code]) => {
          throw new Error(`the gateway ended with ${String(code)}`);
        }),
      ]);
      await ended;
      // The read models are behind; catching up must not count for the next run.
      await caughtUp(service.ledger);
      return RECORDS / seconds;
    },
    close: () => service.close(),
  };
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
