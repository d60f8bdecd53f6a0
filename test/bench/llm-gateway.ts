// The LLM gateway as a load generator: reports what its requests cost in batches, and sends its parent how
// many seconds that took.
import { randomUUID } from 'node:crypto';
import { secondsOf } from './figure.ts';
import { runsAs } from './programs.ts';

/** How many reports one run, and one request, sends. */
export const RECORDS = 50_000;
const BATCH = 1_000;
/** Requests at once: a gateway that sends the next batch while one is being recorded. */
const CONNECTIONS = 2;

/** Reports are refused once they are too old. */
const yesterday = new Date(Date.now() - 86_400_000).toISOString();

/** URL, token and deployment to report for. */
export interface GatewayTask {
  url: string;
  token: string;
  deploymentId: string;
}

/** The `n`th report. */
export const reportOf = (id: string, n: number, deploymentId: string) => ({
  gateway_request_id: id,
  deployment_id: deploymentId,
  model: 'sample-model',
  input_tokens: 1_200 + (n % 800),
  output_tokens: 300 + (n % 200),
  charge_cents: `0.${String(1 + (n % 9_999)).padStart(4, '0')}5`,
  occurred_at: yesterday,
});

async function report({ url, token, deploymentId }: GatewayTask): Promise<number> {
  const bodies = Array.from({ length: RECORDS / BATCH }, (_, batch) =>
    JSON.stringify({
      events: Array.from({ length: BATCH }, (_report, n) =>
        reportOf(randomUUID(), batch * BATCH + n, deploymentId),
      ),
    }),
  );
  let next = 0;
  const send = async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const response = await fetch(`${url}/api/v1/integrations/llm-usage`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      });
      const { data } = (await response.json()) as { data: { status: string }[] };
      if (response.status >= 300 || data.some(({ status }) => status !== 'recorded'))
        throw new Error(
          `a batch was answered with ${response.status}: ${JSON.stringify(data).slice(0, 300)}`,
        );
    }
  };
  return secondsOf(() => Promise.all(Array.from({ length: CONNECTIONS }, send)));
}

// The parent imports this file for its constants and types; only a child process runs what follows.
if (process.send !== undefined && runsAs('llm-gateway')) {
  process.send(await report(JSON.parse(process.argv[2] ?? '') as GatewayTask));
  process.disconnect();
}
