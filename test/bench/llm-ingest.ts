import { mintToken } from '../../simulators/issuer/token.ts';
import { createApi, ok } from '../support/api.ts';
import { TEST_SECRET } from '../support/tokens.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { copyJournal } from './copy.ts';
import { secondsOf } from './figure.ts';
import { jobMetadata } from './metered-usage.ts';
import { openBenchService } from './service.ts';
import { randomUUID } from 'node:crypto';

/** Reports of one run, and of one request. */
const RECORDS = 50_000;
const BATCH = 1_000;
/** Requests at once: a gateway that sends the next batch while one is being recorded. */
const CONNECTIONS = 2;

const reportOf = (id: string, n: number, deploymentId: string) => ({
  gateway_request_id: id, deployment_id: deploymentId, model: 'sample-model', input_tokens: 1_200 + n % 800, output_tokens: 300 + n % 200, charge_cents: `0.${String(1 + n % 9_999).padStart(4, '0')}5`,
  occurred_at: '2026-04-10T10:11:12.000Z',
});

/** Reports of the LLM gateway over HTTP in batches of a thousand, each an event of its own; against COPY of as many events. */
export async function openLlmIngest(context: BenchContext): Promise<OpenPair> {
  const { sql } = context;
  await sql`create table if not exists floor_journal (like journal including all)`;
  const service = await openBenchService(context);
  const api = createApi(service.url);
  const token = mintToken({ secret: TEST_SECRET, sub: 'bench', tenant_id: 'bench-tenant' });
  const { data: { id: deploymentId } } = await ok(api.post('deployments', { slug: 'bench', display_name: 'Bench' }, { token }), 201);
  const gateway = mintToken({ secret: TEST_SECRET, sub: 'llm-gateway', roles: ['service'] });
  const makeReports = () => Array.from({ length: RECORDS }, (_, n) => reportOf(randomUUID(), n, String(deploymentId)));
  return {
    pair: {
      name: 'llm_ingest', unit: 'records/s', aim: { valueAtLeast: 20_000 }, floorName: 'COPY of as many events into a table with the same keys and indexes',
      async value() {
        const reports = makeReports();
        const bodies = Array.from({ length: RECORDS / BATCH }, (_, n) => JSON.stringify({ events: reports.slice(n * BATCH, (n + 1) * BATCH) }));
        let next = 0;
        const send = async () => {
          for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
            const response = await fetch(`${service.url}/api/v1/integrations/llm-usage`, { method: 'POST', body, headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway}` } });
            const { data } = await response.json() as { data: { status: string }[] };
            if (response.status >= 300 || data.some(({ status }) => status !== 'recorded')) throw new Error(`a batch was answered with ${response.status}: ${JSON.stringify(data).slice(0, 300)}`);
          }
        };
        const seconds = await secondsOf(() => Promise.all(Array.from({ length: CONNECTIONS }, send)));
        // The runner is behind by some; the next run should not pay for that.
        await service.ledger.readLatest(async () => undefined);
        return RECORDS / seconds;
      },
      async floor() {
        await sql`truncate floor_journal`;
        const rows = makeReports().map((report) => ({
          stream: `llm-${report.gateway_request_id}`, revision: 0, id: report.gateway_request_id, type: 'LlmUsageRecorded', data: JSON.stringify({ ...report, tenant_id: 'bench-tenant' }), metadata: jobMetadata, recordedAt: '2026-04-02T01:10:00.000Z',
        }));
        return RECORDS / (await secondsOf(() => copyJournal(sql, 0, rows, 'floor_journal')));
      },
    },
    close: () => service.close(),
  };
}
