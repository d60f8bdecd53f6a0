/** Plays a random history of one tenant's month: what is billed, what comes late, and who corrects it. */
import { deploymentIdOf } from '../../../commands/deployments/deployment.ts';
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import { commands } from '../../../src/processes/commands.ts';
import { correctUnsettled } from '../../../src/processes/correct-invoice.ts';
import { giveCredit } from '../../../src/processes/give-credit.ts';
import { Refused } from '../../../src/ledger/refusal.ts';
import { multiplyDivideRound } from '../../../src/pricing/money.ts';
import { ok } from '../http/api.ts';
import { meter, charge } from '../http/invoices-month.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** A fact of the month; `void` takes an earlier charge or report back. */
export type LateAct =
  | { type: 'meter'; day: string; resource_kind: string; qty: string }
  | { type: 'charge'; day: string; cents: string }
  | { type: 'report'; day: string; qty: string }
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
  private readonly ledger: TestLedger;
  private readonly history: CorrectionHistory;
  private deployment = '';
  private facts = 0;
  private readonly sets = new Map<string, number>();
  private readonly given: { type: 'charge' | 'report'; id: string }[] = [];

  constructor(ledger: TestLedger, tenant: string, history: CorrectionHistory) {
    this.ledger = ledger;
    this.tenant = tenant;
    this.history = history;
  }

  /** Subscribes, and records what the first rollup bills. */
  async open(): Promise<void> {
    const { ledger } = this.ledger;
    const { plan_code, addons, starts_on, before } = this.history;
    await ledger.execute(
      commands.createDeployment,
      {
        tenant_id: this.tenant,
        slug: 'site',
        display_name: 'Site',
        region: null,
        state: 'active',
        llm_mode: 'charges',
        template_code: null,
        template_version: null,
        trial_ends_at: null,
      },
      this.ledger.meta(),
    );
    this.deployment = deploymentIdOf(this.tenant, 'site');
    await ledger.execute(
      commands.startSubscription,
      { deployment_id: this.deployment, plan_code, addons, starts_on },
      this.ledger.meta(),
    );
    for (const act of before) await this.act(act);
  }

  /** What comes late in a round, and corrections and goodwill by hand. */
  async play(round: number): Promise<void> {
    const { acts, by, goodwill } = this.history.rounds[round] ?? { acts: [], by: 'job', goodwill: null };
    for (const act of acts) await this.act(act);
    const invoice_id = invoiceId(this.tenant, period);
    if (goodwill !== null) await this.credit(invoice_id, goodwill);
    if (by !== 'job') await this.correct(invoice_id);
    if (by === 'both') await this.correct(invoice_id);
  }

  /** Pays the invoice where its history says so. */
  async settle(round: number): Promise<void> {
    if (this.history.paidAfter !== round) return;
    await ok(this.ledger.api.post(`invoices/${invoiceId(this.tenant, period)}/pay`));
  }

  async correctAgain(invoice_id: string): Promise<void> {
    await this.correct(invoice_id);
  }

  private async correct(invoice_id: string): Promise<void> {
    await correctUnsettled(this.ledger, { invoice_id, reason: 'random' }, this.ledger.meta());
  }

  private async credit(invoice_id: string, thousandths: number): Promise<void> {
    const give = (amount_cents: number) =>
      giveCredit(
        this.ledger.processDeps,
        {
          invoice_id,
          lines: [{ description: 'Sorry', amount_cents, deployment_id: null }],
          reason: 'random',
        },
        this.ledger.meta(),
      );
    try {
      await give(Number.MAX_SAFE_INTEGER);
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.refused !== 'credit-above-invoice') throw error;
      const left = error.refusal.extra?.['left_subtotal_cents'];
      const part = multiplyDivideRound(typeof left === 'number' ? left : 0, thousandths, 1000);
      if (part > 0) await give(part);
    }
  }

  private async act(act: LateAct): Promise<void> {
    const id = `${this.tenant}-${(this.facts += 1)}`;
    switch (act.type) {
      case 'meter': {
        const set = (this.sets.get(act.day) ?? 0) + 1;
        this.sets.set(act.day, set);
        const used = [{ resource_kind: act.resource_kind, qty: act.qty }];
        return meter(this.ledger, this.tenant, this.deployment, act.day, used, set);
      }
      case 'charge':
        this.given.push({ type: 'charge', id });
        return charge(this.ledger, this.tenant, this.deployment, id, act.cents, `${act.day}T12:00:00.000Z`);
      case 'report':
        this.given.push({ type: 'report', id });
        return this.report(id, act);
      case 'void':
        return this.takeBack(act.which);
      case 'tax':
        return this.tax(act);
    }
  }

  private async report(id: string, { day, qty }: Extract<LateAct, { type: 'report' }>): Promise<void> {
    const report = {
      source: 'cdn',
      external_id: id,
      deployment_id: this.deployment,
      tenant_id: this.tenant,
      resource_kind: 'bandwidth_gb',
      qty,
      day,
    };
    await this.ledger.ledger.execute(commands.recordReportedUsage, report, this.ledger.meta());
  }

  private async takeBack(which: number): Promise<void> {
    const [fact] = this.given.splice(which % Math.max(this.given.length, 1), 1);
    if (fact === undefined) return;
    const { ledger } = this.ledger;
    const reason = 'wrong';
    if (fact.type === 'charge')
      await ledger.execute(
        commands.voidLlmUsage,
        { gateway_request_id: fact.id, reason },
        this.ledger.meta(),
      );
    else
      await ledger.execute(
        commands.voidReportedUsage,
        { source: 'cdn', external_id: fact.id, reason },
        this.ledger.meta(),
      );
  }

  private async tax({ rate, day }: Extract<LateAct, { type: 'tax' }>): Promise<void> {
    const own = { name: 'GST', rate, effective_from: day, tenant_id: this.tenant, reason: 'own' };
    await this.ledger.ledger.execute(commands.setTaxRate, own, this.ledger.meta());
  }
}
