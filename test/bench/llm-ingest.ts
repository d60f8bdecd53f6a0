import { randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { mintToken } from '../../simulators/issuer/token.ts';
import { createApi, ok } from '../support/api.ts';
import { TEST_SECRET } from '../support/tokens.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { copyJournal } from './copy.ts';
import { secondsOf } from './figure.ts';
import { RECORDS, reportOf, type GatewayTask } from './llm-gateway.ts';
import { jobMetadata } from './metered-usage.ts';
import { openBenchService } from './service.ts';

/** Reports of the LLM gateway, a process of its own, over HTTP in batches of a thousand, each an event of its own; against COPY of as many events. */
export async function openLlmIngest(context: BenchContext): Promise<OpenPair> {
  const { sql } = context;
  await sql`create table if not exists floor_journal (like journal including all)`;
  const service = await openBenchService(context);
  const api = createApi(service.url);
  const token = mintToken({ secret: TEST_SECRET, sub: 'bench', tenant_id: 'bench-tenant' });
  const { data: { id } } = await ok(api.post('deployments', { slug: 'bench', display_name: 'Bench' }, { token }), 201);
  const task: GatewayTask = { url: service.url, token: mintToken({ secret: TEST_SECRET, sub: 'llm-gateway', roles: ['service'] }), deploymentId: String(id) };
  return {
    pair: {
      name: 'llm_ingest', unit: 'records/s', aim: { valueAtLeast: 20_000 }, floorName: 'COPY of as many events into a table with the same keys and indexes',
      async value() {
        const gateway = fork(fileURLToPath(new URL('llm-gateway.ts', import.meta.url)), [JSON.stringify(task)], { execArgv: process.execArgv });
        const ended = once(gateway, 'close');
        const [seconds] = await Promise.race([once(gateway, 'message') as Promise<[number]>, ended.then(([code]) => { throw new Error(`the gateway ended with ${String(code)}`); })]);
        await ended;
        // The runner is behind by some; the next run should not pay for that.
        await service.ledger.readLatest(async () => undefined);
        return RECORDS / seconds;
      },
      async floor() {
        await sql`truncate floor_journal`;
        const rows = Array.from({ length: RECORDS }, (_, n) => reportOf(randomUUID(), n, task.deploymentId)).map((report) => ({
          stream: `llm-${report.gateway_request_id}`, revision: 0, id: report.gateway_request_id, type: 'LlmUsageRecorded', data: JSON.stringify({ ...report, tenant_id: 'bench-tenant' }), metadata: jobMetadata, recordedAt: '2026-04-02T01:10:00.000Z',
        }));
        return RECORDS / (await secondsOf(() => copyJournal(sql, 0, rows, 'floor_journal')));
      },
    },
    close: () => service.close(),
  };
}
