// Usage that no sweep meters, as the network and the gateway of language models report it.
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import { DemoError } from './job.ts';

/** Weekends are quiet, and no two days are alike: a share of the usual day, in percent. */
function shareOf(day: string): number {
  const date = new Date(`${day}T00:00:00Z`);
  const weekday = date.getUTCDay();
  return (weekday === 0 || weekday === 6 ? 45 : 110) + ((date.getUTCDate() * 7) % 23);
}

async function send(admin: Api, path: string, events: readonly object[]): Promise<void> {
  const { data } = await admin.post(path, { events }, answers.takenIn);
  const refused = data.find(({ status }) => status === 'rejected');
  if (refused !== undefined) throw new DemoError(`a report was rejected: ${refused.reason ?? 'no reason'}`);
}

/** Bandwidth of each of the days. @param usual GB on a usual day */
export async function reportBandwidth(
  admin: Api,
  deploymentId: string,
  days: readonly string[],
  usual: number,
  source = 'network',
): Promise<void> {
  const events = days.map((day) => ({
    source,
    external_id: `${deploymentId} ${day}`,
    deployment_id: deploymentId,
    resource_kind: 'bandwidth_gb',
    qty: String(days.length === 1 ? usual : Math.round((usual * shareOf(day)) / 100)),
    day,
  }));
  await send(admin, 'usage', events);
}

/** Requests to language models on each of the days. @param usual tokens on a usual day */
export async function reportTokens(
  admin: Api,
  deploymentId: string,
  days: readonly string[],
  usual: number,
): Promise<void> {
  const events = days.flatMap((day) => {
    const tokens = Math.round((usual * shareOf(day)) / 100);
    const output = Math.round(tokens / 5);
    return [
      { model: 'large', at: '09:30', input_tokens: tokens - output - 9_000, output_tokens: output - 1_000 },
      { model: 'small', at: '15:10', input_tokens: 9_000, output_tokens: 1_000 },
    ].map(({ at, ...request }) => ({
      gateway_request_id: `${deploymentId} ${day} ${request.model}`,
      deployment_id: deploymentId,
      charge_cents: request.model === 'large' ? '41.5' : '0.25',
      occurred_at: `${day}T${at}:00.000Z`,
      ...request,
    }));
  });
  await send(admin, 'integrations/llm-usage', events);
}
