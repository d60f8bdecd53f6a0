/**
 * What the tests of invoices, margin and accrual have in common: tenants with a month's subscriptions and
 * usage.
 */
import { newEvent } from '../../../src/ledger/handle-command.ts';
import { idFrom } from '../../../src/ledger/ids.ts';
import { NO_STREAM } from '../../../src/journal/event-log.ts';
import { daysFrom, lastDay } from '../../../src/pricing/calendar.ts';
import { seedCatalog } from '../../../src/processes/seed/seed-catalog.ts';
import { ok } from './api.ts';
import type { Json } from './api.ts';
import { startTestLedger } from '../ledger/test-ledger.ts';
import type { TestLedger, TestLedgerOptions } from '../ledger/test-ledger.ts';

/** A ledger with the catalog of the specification. */
export async function seededLedger(options: TestLedgerOptions = {}): Promise<TestLedger> {
  const ledger = await startTestLedger(options);
  await seedCatalog(ledger.ledger, () => ledger.meta());
  await ledger.settled();
  return ledger;
}

/** A deployment that is subscribed; returns its id. */
export async function subscribed(
  ledger: TestLedger,
  tenant_id: string,
  slug: string,
  {
    plan_code = 'studio',
    addons = [],
    starts_on = '2026-04-01',
  }: { plan_code?: string; addons?: string[]; starts_on?: string } = {},
): Promise<string> {
  const { data } = await ok(ledger.api.post('deployments', { tenant_id, slug, display_name: slug }), 201);
  await ok(ledger.api.post(`deployments/${data.id}/subscribe`, { plan_code, addons, starts_on }), 201);
  return data.id;
}

/** An observation of a day, as metering makes them. */
export interface Used {
  resource_id?: string;
  resource_kind: string;
  qty: string;
}

/**
 * Records a day's whole usage of a deployment, as a metering run does; a further set replaces the one before.
 */
export async function meter(
  ledger: TestLedger,
  tenant_id: string,
  deployment_id: string,
  day: string,
  used: readonly Used[],
  set_no = 1,
): Promise<void> {
  const stream = `metering-${idFrom('metering', deployment_id, day)}`;
  const observations = used.map((one, index) => ({
    resource_id: one.resource_id ?? `r-${index}`,
    resource_kind: one.resource_kind,
    granularity: 'day',
    hour: null,
    qty: one.qty,
  }));
  const event = {
    type: 'UsageMetered',
    data: {
      deployment_id,
      tenant_id,
      day,
      set_no,
      set_hash: `set-${set_no}`,
      part: 1,
      parts: 1,
      observations,
    },
  };
  const revision = (await ledger.log.read(stream)).length - 1;
  await ledger.log.append(
    stream,
    [newEvent(event, stream, revision + 1, { ...ledger.meta(), command: 'meter-day' }, ledger.clock.now())],
    revision,
  );
}

/** Records the same usage on every day of a month. */
export async function meterMonth(
  ledger: TestLedger,
  tenant_id: string,
  deployment_id: string,
  period: string,
  used: readonly Used[],
): Promise<void> {
  await Promise.all(
    daysFrom(period, lastDay(period)).map((day) => meter(ledger, tenant_id, deployment_id, day, used)),
  );
}

/** Records a charge of the LLM gateway. */
export async function charge(
  ledger: TestLedger,
  tenant_id: string,
  deployment_id: string,
  gateway_request_id: string,
  charge_cents: string,
  occurred_at: string,
): Promise<void> {
  const stream = `llm-${idFrom('llm', gateway_request_id)}`;
  const event = {
    type: 'LlmUsageRecorded',
    data: {
      gateway_request_id,
      deployment_id,
      tenant_id,
      model: 'm',
      input_tokens: 1,
      output_tokens: 1,
      charge_cents,
      occurred_at,
    },
  };
  await ledger.log.append(
    stream,
    [newEvent(event, stream, 0, { ...ledger.meta(), command: 'record-llm-usage' }, ledger.clock.now())],
    NO_STREAM,
  );
}

/** Rolls a month up over HTTP and returns the result. */
export async function rollup(ledger: TestLedger, body: Json = {}): Promise<Json> {
  return (await ok(ledger.api.post('invoices/rollup', { period: '2026-04', ...body }))).data;
}

/** One invoice in full. */
export async function invoiceOf(
  ledger: TestLedger,
  id: string,
  request: { token?: string } = {},
): Promise<Json> {
  return (await ok(ledger.api.get(`invoices/${id}`, request))).data;
}

/** Kind and amount of an invoice's lines. */
export const amounts = (invoice: Json): [string, number][] =>
  invoice.lines.map((line: Json) => [line.kind, line.amount_cents]);
