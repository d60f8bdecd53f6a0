/** Plays random commands about billed facts on a real ledger, and remembers which were accepted. */
import { expect } from 'chai';
import fc from 'fast-check';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { invoicesRollup } from '../../../src/jobs/invoices-rollup.ts';
import type { ProcessDeps } from '../../../src/processes/process.ts';
import { addDays } from '../../../src/pricing/calendar.ts';
import { meter } from '../http/invoices-month.ts';
import { ok } from '../http/api.ts';
import type { Json } from '../http/api.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

const back = fc.integer({ min: 0, max: 70 });
const amount = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 1, max: 9 }))
  .map(([whole, tenth]) => `${whole}.${tenth}`);
const oneOffCents = fc.integer({ min: 1, max: 9999 });
const which = fc.nat();
const plan = fc.constantFrom('starter', 'studio');
const rate = fc.constantFrom('0', '0.1', '0.15');
const flag = fc.boolean();
const rollUp = fc.record({ type: fc.constant('roll up' as const), back, named: flag, force: flag });

const act = fc.oneof(
  fc.record({ type: fc.constant('subscribe' as const), plan_code: plan, back }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('charge' as const), back, amount }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('one-off' as const), back, cents: oneOffCents }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('report' as const), back, amount }) },
  fc.record({ type: fc.constant('meter' as const), back, amount }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('take back' as const), which }) },
  fc.record({ type: fc.constant('tax' as const), back, rate, own: flag }),
  { weight: 2, arbitrary: rollUp },
  fc.record({ type: fc.constantFrom('void' as const, 'pay' as const), which }),
  fc.record({ type: fc.constant('schedule' as const) }),
);

/** A command, some days after the previous one. */
export const step = fc.record({ daysLater: fc.nat({ max: 9 }), deployment: fc.nat({ max: 2 }), act });
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Act<Type extends Step['act']['type']> = Extract<Step['act'], { type: Type }>;

/** A fact that was accepted, with its position in the journal. */
export interface Fact {
  kind: 'charge' | 'one-off' | 'report' | 'meter' | 'subscribe';
  id: string;
  tenant: string;
  deployment: string;
  /** For a subscription its first day. */
  day: string;
  /** Cents or quantity, exact. */
  amount: string;
  position: number;
  /** Journal position; null: it was neither taken back nor replaced. */
  takenBack: number | null;
}

/** Kinds that no plan or price covers: an invoice names all of their usage, as unpriced or as unbilled. */
export const kindOfUse = { report: 'gpu_hours', meter: 'backup_gb_month' } as const;

/** Plays steps on three deployments of two tenants and remembers what was accepted. */
export class FactPlayer {
  readonly facts: Fact[] = [];
  readonly deployments: { id: string; tenant: string }[] = [];
  readonly tenants: readonly [string, string];
  private readonly repeats: (() => Promise<unknown>)[] = [];
  private readonly sets = new Map<string, number>();
  private readonly ledger: TestLedger;
  private readonly name: string;

  constructor(ledger: TestLedger, name: string) {
    this.ledger = ledger;
    this.name = name;
    this.tenants = [`${name}-a`, `${name}-b`];
  }

  async open(): Promise<void> {
    for (const [index, tenant] of [...this.tenants, this.tenants[0]].entries()) {
      const body = { tenant_id: tenant, slug: `s${index}`, display_name: 's' };
      const { data } = await ok(this.ledger.api.post('deployments', body), 201);
      this.deployments.push({ tenant, id: data.id });
    }
  }

  async play({ daysLater, deployment: index, act: of }: Step): Promise<void> {
    this.ledger.clock.advance(daysLater * 86_400_000);
    const deployment = this.deployments[index];
    if (deployment === undefined) throw new Error('not opened');
    const { id, tenant } = deployment;
    switch (of.type) {
      case 'subscribe':
        return this.subscribe(id, tenant, of);
      case 'charge':
        return this.charge(id, tenant, of);
      case 'one-off':
        return this.oneOff(id, tenant, of);
      case 'report':
        return this.report(id, tenant, of);
      case 'meter':
        return this.meter(id, tenant, of);
      case 'take back':
        return this.takeBack(of);
      case 'tax':
        return this.tax(tenant, of);
      case 'roll up': {
        const period = this.day(of.back).slice(0, 7);
        const whose = of.named ? { tenant_id: tenant } : {};
        await this.tolerant('invoices/rollup', { period, force: of.force, ...whose });
        return;
      }
      case 'void':
      case 'pay': {
        const all = await this.invoices();
        const invoice = all[of.which % Math.max(all.length, 1)];
        if (invoice !== undefined) await this.tolerant(`invoices/${invoice.id}/${of.type}`);
        return;
      }
      case 'schedule': {
        await schedule(this.ledger);
      }
    }
  }

  /** Sends everything that was accepted again. */
  async again(): Promise<void> {
    for (const repeat of this.repeats) await repeat();
  }

  /** The invoices of the player's tenants. */
  async invoices(): Promise<Json[]> {
    const { data } = await ok(this.ledger.api.get('invoices?limit=500'));
    return data.filter(({ tenant_id }: Json) => this.tenants.includes(tenant_id));
  }

  private async subscribe(deployment: string, tenant: string, of: Act<'subscribe'>): Promise<void> {
    const day = this.day(of.back);
    const path = `deployments/${deployment}/subscribe`;
    const status = await this.tolerant(path, { plan_code: of.plan_code, starts_on: day });
    if (status !== 201) return;
    await this.accepted({ kind: 'subscribe', id: deployment, tenant, deployment, day, amount: '0' });
  }

  private async charge(deployment: string, tenant: string, of: Act<'charge'>): Promise<void> {
    const [id, day] = [this.nextId(), this.day(of.back)];
    await this.recorded('integrations/llm-usage', {
      gateway_request_id: id,
      deployment_id: deployment,
      model: 'm',
      input_tokens: 1,
      output_tokens: 1,
      charge_cents: of.amount,
      occurred_at: `${day}T00:00:00.000Z`,
    });
    await this.accepted({ kind: 'charge', id, tenant, deployment, day, amount: of.amount });
  }

  /** It is refused into a month whose invoice stands. */
  private async oneOff(deployment: string, tenant: string, of: Act<'one-off'>): Promise<void> {
    const day = this.day(of.back);
    const path = `deployments/${deployment}/charges`;
    const key = { headers: { 'Idempotency-Key': this.nextId() } };
    const body = { description: 'One-off', amount_cents: of.cents, day };
    const send = () => this.ledger.api.post(path, body, key);
    const { status, body: answer } = await send();
    expect([201, 409], path).to.include(status);
    if (status !== 201) return;
    this.repeats.push(() => ok(send(), 201));
    const { id } = answer.data;
    await this.accepted({ kind: 'one-off', id, tenant, deployment, day, amount: String(of.cents) });
  }

  private async report(deployment: string, tenant: string, of: Act<'report'>): Promise<void> {
    const [id, day] = [this.nextId(), this.day(of.back)];
    const what = { deployment_id: deployment, resource_kind: kindOfUse.report, qty: of.amount, day };
    await this.recorded('usage', { events: [{ source: 'meter', external_id: id, ...what }] });
    await this.accepted({ kind: 'report', id, tenant, deployment, day, amount: of.amount });
  }

  /** A day that was metered before is replaced as a whole. */
  private async meter(deployment: string, tenant: string, of: Act<'meter'>): Promise<void> {
    const day = this.day(of.back + 1);
    const id = `${deployment} ${day}`;
    const set = (this.sets.get(id) ?? 0) + 1;
    this.sets.set(id, set);
    const used = { resource_kind: kindOfUse.meter, qty: of.amount };
    await meter(this.ledger, tenant, deployment, day, [used], set);
    const replaced = this.facts.find((one) => one.id === id && one.takenBack === null);
    const fact = { kind: 'meter' as const, id, tenant, deployment, day, amount: of.amount };
    const { position } = await this.accepted(fact);
    if (replaced !== undefined) replaced.takenBack = position;
  }

  private async takeBack(of: Act<'take back'>): Promise<void> {
    const open = this.facts.filter(
      ({ kind, takenBack }) => takenBack === null && kind !== 'meter' && kind !== 'subscribe',
    );
    const fact = open[of.which % Math.max(open.length, 1)];
    if (fact === undefined) return;
    const path = `${pathOf(fact)}/${fact.id}/void`;
    const send = () => this.ledger.api.post(path, { reason: 'wrong' });
    const { status } = await send();
    // A one-off charge stays as it is once its month is invoiced.
    expect(fact.kind === 'one-off' ? [200, 409] : [200], path).to.include(status);
    if (status !== 200) return;
    this.repeats.push(() => ok(send()));
    fact.takenBack = await this.ledger.eventCount();
  }

  private async tax(tenant: string, of: Act<'tax'>): Promise<void> {
    const whose = of.own ? { tenant_id: tenant, reason: 'exempt' } : {};
    const from = { name: 'GST', rate: of.rate, effective_from: this.day(of.back) };
    await ok(this.ledger.api.post('tax-rates', { ...from, ...whose }), 201);
  }

  /** Sends a command that may be refused because of earlier facts, or because the month has not ended. */
  private async tolerant(path: string, body: Json = {}): Promise<number> {
    const { status } = await this.ledger.api.post(path, body);
    expect([200, 201, 409, 422], path).to.include(status);
    return status;
  }

  /** Sends a report that has to be recorded, and is sent again later. */
  private async recorded(path: string, body: Json): Promise<void> {
    const send = () => ok(this.ledger.api.post(path, body));
    expect((await send()).data[0].status).to.equal('recorded');
    this.repeats.push(send);
  }

  private async accepted(fact: Omit<Fact, 'position' | 'takenBack'>): Promise<Fact> {
    const known = { ...fact, position: await this.ledger.eventCount(), takenBack: null };
    this.facts.push(known);
    return known;
  }

  private nextId(): string {
    return `${this.name}-${this.facts.length}`;
  }

  private day(daysBack: number): string {
    return addDays(this.ledger.clock.now().slice(0, 10), -daysBack);
  }
}

/** Where a fact is taken back. */
function pathOf({ kind, deployment }: Fact): string {
  if (kind === 'one-off') return `deployments/${deployment}/charges`;
  return kind === 'charge' ? 'integrations/llm-usage' : 'usage/meter';
}

/** A tick of the schedule of rollups: runs what is due, oldest first, and returns the months. */
export async function schedule(ledger: TestLedger): Promise<string[]> {
  const tax = { name: 'GST', rate: '0.10' };
  const outside = { digitalOcean: null, finance: null, mail: null, autoSend: false, financeAr: false };
  const deps: ProcessDeps = { ...ledger.processDeps, ...outside, tax, logger: silentLogger };
  await ledger.settled();
  const due = (await invoicesRollup.due?.(deps)) ?? [];
  for (const input of due) {
    const run = await ledger.jobs.run('invoices.rollup', input, { actor: ledger.meta().actor });
    expect([run.status, run.error]).to.deep.equal(['completed', null]);
  }
  await ledger.settled();
  return due.map(({ period }) => period);
}
