/** Tenants with invoices on a whole ledger, for the tests of the automatic lifecycle. */
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import { ok, type Json } from '../http/api.ts';
import { seededLedger, subscribed } from '../http/invoices-month.ts';
import { tenantToken } from '../http/tokens.ts';
import type { TestLedger, TestLedgerOptions } from '../ledger/test-ledger.ts';
import { sellerBody } from '../parties/party-bodies.ts';

/** The first day of the stage; the invoices of April are issued on 1 May and due on 15 May. */
export const stageBegins = '2026-04-01';

/** A transition as the tests compare it: `from > to rule effective_on`, and its reason. */
export type ShownStep = readonly [step: string, reason: string | null];

export interface LifecycleStage {
  ledger: TestLedger;
  /** Moves the clock to the morning of a day, 04:10 UTC, or to a time. */
  at(when: string): void;
  /** A deployment with plan studio from the first day on; returns its id. */
  deployment(tenant: string, slug?: string): Promise<string>;
  /** Issues the invoice of a month for one tenant; returns its id. */
  invoice(tenant: string, period?: string): Promise<string>;
  /** Pays a part of what a tenant owes, or all of the oldest invoice; returns the id of the payment. */
  pay(tenant: string, amount_cents?: number): Promise<string>;
  /** An admin, or a tenant's user, moves a deployment. */
  move(deployment: string, to: string, byTenant?: string): Promise<void>;
  /** Runs the job by hand, until today or a day; returns its result. */
  run(day?: string): Promise<Json>;
  /** The steps of a deployment that no person decided. */
  steps(deployment: string): Promise<ShownStep[]>;
  state(deployment: string): Promise<string>;
  /** The types of the events that caused the steps. */
  causes(deployment: string): Promise<string[]>;
}

/** Starts it on a ledger with a seller. */
export async function lifecycleStage(options: TestLedgerOptions = {}): Promise<LifecycleStage> {
  const ledger = await seededLedger({ now: `${stageBegins}T09:00:00.000Z`, ...options });
  await ok(ledger.api.put('seller', { ...sellerBody, effective_from: stageBegins }));
  let payments = 0;
  const shown = async (deployment: string): Promise<Json[]> => {
    await ledger.settled();
    const { data } = await ok(ledger.api.get(`deployments/${deployment}`));
    return data.events.filter(({ type, data: { rule } }: Json) => type === 'DeploymentTransitioned' && rule);
  };
  return {
    ledger,
    at(when) {
      ledger.clock.set(when.length === 10 ? `${when}T04:10:00.000Z` : when);
    },
    deployment: (tenant, slug = 'site') => subscribed(ledger, tenant, slug, { starts_on: stageBegins }),
    async invoice(tenant, period = stageBegins) {
      await ok(ledger.api.post('invoices/rollup', { period, tenant_id: tenant }));
      await ledger.settled();
      return invoiceId(tenant, period);
    },
    async pay(tenant, amount_cents = 5_500) {
      const received_on = ledger.clock.now().slice(0, 10);
      const payment = { tenant_id: tenant, amount_cents, received_on, method: 'transfer' };
      const reference = `payment ${(payments += 1)}`;
      const { data } = await ok(ledger.api.post('payments', { ...payment, reference }), 201);
      await ledger.settled();
      return data.id;
    },
    async move(deployment, to, byTenant) {
      const request = byTenant === undefined ? {} : { token: tenantToken(byTenant) };
      await ok(ledger.api.post(`deployments/${deployment}/transition`, { to, reason: null }, request));
      await ledger.settled();
    },
    async run(day) {
      const input = day === undefined ? {} : { day };
      const { data } = await ok(ledger.api.post('jobs/lifecycle.day/run', input));
      if (data.status !== 'completed') throw new Error(String(data.error));
      await ledger.settled();
      return data.result;
    },
    async steps(deployment) {
      return (await shown(deployment)).map(({ data: { from, to, rule, effective_on, reason } }: Json) => [
        `${from} > ${to} ${rule} ${effective_on}`,
        reason,
      ]);
    },
    async state(deployment) {
      await ledger.settled();
      return (await ok(ledger.api.get(`deployments/${deployment}`))).data.state;
    },
    async causes(deployment) {
      const events = await shown(deployment);
      const known = (await ok(ledger.api.get('events?limit=500'))).data;
      const types = new Map<string, string>(known.map(({ id, type }: Json) => [id, type]));
      return events.map(({ causation_id }: Json) => types.get(causation_id) ?? 'unknown');
    },
  };
}
