/** Plays a random history of one tenant's month: what is billed, what comes late, and who corrects it. */
import { taxRatesStream } from '../../../commands/catalog/tax-rates.ts';
import { creditedInvoice } from '../../../commands/invoicing/corrected-invoice.ts';
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import { deploymentIdOf, deploymentStream } from '../../../commands/deployments/deployment.ts';
import { chargeStream } from '../../../commands/usage/charge.ts';
import { llmStream } from '../../../commands/usage/llm-request.ts';
import { reportedUsageStream } from '../../../commands/usage/reported-usage.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import { readInvoiceWithNotes } from '../../../src/invoicing/read-correction.ts';
import { Refused } from '../../../src/ledger/refusal.ts';
import { leftToCredit } from '../../../src/pricing/goodwill.ts';
import { multiplyDivideRound } from '../../../src/pricing/money.ts';
import { correctUnsettled } from '../../../src/processes/correct-invoice.ts';
import { giveUnsettled } from '../../../src/processes/give-credit.ts';
import { payOpen } from '../../../src/processes/receivables/payments.ts';
import { seedAddons } from '../../../src/processes/seed/catalog-terms.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { FactWriter } from './fact-writer.ts';

/** A fact of the month; `void` takes an earlier one back. */
export type LateAct =
  | { type: 'meter'; day: string; resource_kind: string; qty: string }
  | { type: 'llm'; day: string; cents: string }
  | { type: 'report'; day: string; qty: string }
  /** Negative cents: a discount. */
  | { type: 'charge'; day: string; cents: number }
  | { type: 'void'; which: number }
  | { type: 'tax'; rate: string; day: string };

export interface CorrectionHistory {
  plan_code: string;
  addons: string[];
  starts_on: string;
  before: LateAct[];
  paidAfter: number;
  rounds: { acts: LateAct[]; by: 'job' | 'hand' | 'both'; goodwill: number | null }[];
}

const period = '2026-04-01';

export class CorrectionPlayer {
  readonly tenant: string;
  readonly invoice_id: string;
  private readonly ledger: TestLedger;
  private readonly facts: FactWriter;
  private readonly history: CorrectionHistory;
  private readonly owner: { deployment_id: string; tenant_id: string };
  private given = 0;
  /** What takes each fact back. */
  private readonly takeBack: (() => Promise<void>)[] = [];

  constructor(ledger: TestLedger, tenant: string, history: CorrectionHistory) {
    this.ledger = ledger;
    this.tenant = tenant;
    this.history = history;
    this.facts = new FactWriter(ledger);
    this.invoice_id = invoiceId(tenant, period);
    this.owner = { deployment_id: deploymentIdOf(tenant, 'site'), tenant_id: tenant };
  }

  /** Subscribes, and records what the first rollup bills. */
  async open(): Promise<void> {
    const { plan_code, addons, starts_on, before } = this.history;
    const subscribed = { ...this.owner, subscription_id: `${this.tenant}-subscription` };
    const created = {
      ...this.owner,
      slug: 'site',
      display_name: 'Site',
      region: null,
      state: 'active' as const,
      llm_mode: 'charges',
      template_code: null,
      template_version: null,
      trial_ends_at: null,
      effective_on: period,
    };
    const attached = addons.map((code, index): LedgerEvent => {
      const { name: _name, ...terms } = seedAddons.find((addon) => addon.code === code) ?? nothing(code);
      const attachment_id = `${this.tenant}-${index}`;
      return {
        type: 'AddonAttached',
        data: { ...subscribed, attachment_id, packs: 1, effective_on: starts_on, ...terms },
        effective_at: starts_on,
      };
    });
    const started = { ...subscribed, plan_code, plan_version: 1, starts_on, trial_ends_at: null };
    await this.facts.write(
      deploymentStream(this.owner.deployment_id),
      { type: 'DeploymentCreated', data: created },
      { type: 'SubscriptionStarted', data: started, effective_at: starts_on },
      ...attached,
    );
    for (const act of before) await this.act(act);
  }

  /** What comes late in a round, and corrections and goodwill by hand. */
  async play(round: number): Promise<void> {
    const { acts, by, goodwill } = this.history.rounds[round] ?? { acts: [], by: 'job', goodwill: null };
    for (const act of acts) await this.act(act);
    if (goodwill !== null) await this.credit(goodwill);
    if (by !== 'job') await this.correct();
    if (by === 'both') await this.correct();
  }

  /** Pays the invoice where its history says so. */
  async settle(round: number): Promise<void> {
    const { invoice_id, tenant: tenant_id } = this;
    if (this.history.paidAfter !== round) return;
    const deps = this.ledger.processDeps;
    await payOpen(deps, { invoice_id, tenant_id, issue_no: 1 }, this.ledger.meta());
  }

  /** Corrects by hand; a month below zero is left to the job, which lists it. */
  async correct(): Promise<void> {
    const { invoice_id } = this;
    try {
      await correctUnsettled(this.ledger, { invoice_id, reason: 'random' }, this.ledger.meta());
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.refused !== 'not-billable') throw error;
    }
  }

  private async credit(thousandths: number): Promise<void> {
    const { invoice_id } = this;
    const read = await this.ledger.ledger.readLatest((db) => readInvoiceWithNotes(db, invoice_id));
    if (read === null) throw new Error(`there is no invoice ${invoice_id}`);
    const left = leftToCredit(creditedInvoice({ ...read.invoice, corrections: read.notes }));
    const amount_cents = multiplyDivideRound(left.subtotal_cents, thousandths, 1000);
    if (amount_cents <= 0) return;
    const lines = [{ description: 'Sorry', amount_cents, deployment_id: null }];
    await giveUnsettled(this.ledger, { invoice_id, lines, reason: 'random' }, this.ledger.meta());
  }

  private async act(act: LateAct): Promise<void> {
    const id = `${this.tenant}-${(this.given += 1)}`;
    switch (act.type) {
      case 'meter':
        return this.facts.meter(this.owner, act);
      case 'llm':
        return this.llm(id, act);
      case 'report':
        return this.report(id, act);
      case 'charge':
        return this.charge(id, act);
      case 'void': {
        const [back] = this.takeBack.splice(act.which % Math.max(this.takeBack.length, 1), 1);
        return back?.();
      }
      case 'tax': {
        const { rate, day: effective_from } = act;
        const data = { name: 'GST', rate, effective_from, tenant_id: this.tenant, reason: 'own' };
        return this.facts.write(taxRatesStream(this.tenant), {
          type: 'TaxRateSet',
          data,
          effective_at: effective_from,
        });
      }
    }
  }

  /** Records a fact, which `taken` takes back. */
  private async fact(stream: string, event: LedgerEvent, taken: LedgerEvent): Promise<void> {
    this.takeBack.push(() => this.facts.write(stream, taken));
    await this.facts.write(stream, event);
  }

  private async llm(id: string, { day, cents }: Extract<LateAct, { type: 'llm' }>): Promise<void> {
    const request = { ...this.owner, gateway_request_id: id };
    const tokens = { model: 'm', input_tokens: 1, output_tokens: 1 };
    const occurred_at = `${day}T12:00:00.000Z`;
    await this.fact(
      llmStream(id),
      { type: 'LlmUsageRecorded', data: { ...request, ...tokens, charge_cents: cents, occurred_at } },
      { type: 'LlmUsageVoided', data: { ...request, day, reason: 'wrong' } },
    );
  }

  private async report(
    external_id: string,
    { day, qty }: Extract<LateAct, { type: 'report' }>,
  ): Promise<void> {
    const name = { source: 'cdn', external_id };
    const report = { ...this.owner, ...name, day };
    await this.fact(
      reportedUsageStream(name),
      { type: 'UsageReported', data: { ...report, resource_kind: 'bandwidth_gb', qty } },
      { type: 'ReportedUsageVoided', data: { ...report, reason: 'wrong' } },
    );
  }

  private async charge(
    charge_id: string,
    { day, cents: amount_cents }: Extract<LateAct, { type: 'charge' }>,
  ): Promise<void> {
    const charge = { ...this.owner, charge_id, day };
    await this.fact(
      chargeStream(charge_id),
      { type: 'ChargeAdded', data: { ...charge, description: 'One-off', amount_cents }, effective_at: day },
      { type: 'ChargeVoided', data: { ...charge, reason: 'wrong' } },
    );
  }
}

function nothing(code: string): never {
  throw new Error(`there is no addon ${code}`);
}
