import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import {
  invoiceOf,
  meter,
  meterMonth,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';

const acme = { token: tenantToken('acme') };
const id = invoiceId('acme', '2026-04-01');
const droplets = [1, 2, 3].map((n) => ({
  resource_id: `droplet-${n}`,
  resource_kind: 'droplet_hours',
  qty: '24',
}));

/** A ledger with acme's golden month invoiced: 7064 cents. */
async function invoicedLedger(): Promise<{ ledger: TestLedger; site: string }> {
  const ledger = await seededLedger();
  const site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
  await meterMonth(ledger, 'acme', site, '2026-04-01', droplets);
  await ledger.settled();
  await rollup(ledger);
  return { ledger, site };
}

const foreseen = async (ledger: TestLedger, query: string): Promise<Json> =>
  (await ok(ledger.api.get(`invoices/${id}/consequences?${query}`))).data;

const allowedOf = async (ledger: TestLedger): Promise<Record<string, string | null>> => {
  const { actions } = (await ok(ledger.api.get(`invoices/${id}/actions`))).data;
  return Object.fromEntries(
    actions.map(({ action, allowed, code }: Json) => [action, allowed ? null : code]),
  );
};

/** How the invoice and the balance stand, as other routes say. */
async function standing(ledger: TestLedger): Promise<Json> {
  const { status, paid_cents, credited_cents, open_cents } = await invoiceOf(ledger, id);
  const { data } = await ok(ledger.api.get('receivables'));
  const row = data.find(({ tenant_id }: Json) => tenant_id === 'acme');
  return { status, paid_cents, credited_cents, open_cents, balance_cents: row?.balance_cents ?? 0 };
}

/** Foresees an action, takes it, and expects it to come out just so. */
async function expectForeseen(ledger: TestLedger, query: string, act: () => Promise<unknown>): Promise<Json> {
  const before = await standing(ledger);
  const consequences = await foreseen(ledger, query);
  expect(consequences.before, 'before').to.deep.equal(before);
  expect(await standing(ledger), 'nothing is recorded').to.deep.equal(before);
  await act();
  expect(consequences.after, 'after').to.deep.equal(await standing(ledger));
  return consequences;
}

describe('consequences of actions on an invoice over HTTP', () => {
  it('are those of a payment, of a credit with tax, and of paying the rest', async () => {
    const { ledger } = await invoicedLedger();
    try {
      const payment = {
        ...{ tenant_id: 'acme', amount_cents: 1000, received_on: '2026-05-01', method: 'bank' },
        ...{ reference: 'r-1', invoice_id: id },
      };
      await expectForeseen(ledger, 'action=payment&amount_cents=1000', () =>
        ok(ledger.api.post('payments', payment), 201),
      );
      const credit = { lines: [{ description: 'Sorry', amount_cents: 2000 }], reason: 'an outage' };
      const credited = await expectForeseen(ledger, 'action=credit&amount_cents=2000', () =>
        ok(ledger.api.post(`invoices/${id}/credit`, credit), 201),
      );
      expect(credited.left).to.deep.equal({ subtotal_cents: 6422, total_cents: 7064 });
      expect(credited.notes).to.have.length(1);
      expect(credited.notes[0]).to.deep.include({
        ...{ kind: 'credit_note', purpose: 'goodwill' },
        ...{ subtotal_cents: -2000, tax_cents: -200, total_cents: -2200 },
      });
      expect(credited.documents).to.deep.equal(['credit_note']);
      const paid = await expectForeseen(ledger, 'action=pay', () =>
        ok(ledger.api.post(`invoices/${id}/pay`, {})),
      );
      expect(paid).to.deep.include({ amount_cents: 3864, documents: ['receipt'] });
      expect(paid.after).to.include({ status: 'paid', open_cents: 0, balance_cents: 0 });
      expect(await allowedOf(ledger)).to.deep.include({
        pay: 'nothing-to-do',
        payment: null,
        void: 'invoice-corrected',
        reissue: 'invoice-corrected',
      });
      // More than the invoice is open for becomes the balance.
      const over = await foreseen(ledger, 'action=payment&amount_cents=500');
      expect(over.after).to.include({ status: 'paid', balance_cents: 500 });
    } finally {
      await ledger.close();
    }
  });

  it('are those of a correction, also where it gives money back', async () => {
    const { ledger, site } = await invoicedLedger();
    try {
      await ok(ledger.api.post(`invoices/${id}/pay`, {}));
      expect(await foreseen(ledger, 'action=correct')).to.deep.include({ notes: [], documents: [] });
      await meter(ledger, 'acme', site, '2026-04-30', [droplets[0] as Json], 2);
      await ledger.settled();
      const less = await expectForeseen(ledger, 'action=correct', () =>
        ok(ledger.api.post(`invoices/${id}/correct`, { reason: 'metered anew' }), 201),
      );
      // 48 hours less: 48 cents, and 5 of tax.
      expect(less.notes[0]).to.include({ kind: 'credit_note', purpose: 'correction', total_cents: -53 });
      expect(less.after).to.include({ status: 'paid', balance_cents: 53 });
      await meter(
        ledger,
        'acme',
        site,
        '2026-04-30',
        [...droplets, ...droplets].slice(0, 5).map((one, n) => ({ ...one, resource_id: `d-${n}` })),
        3,
      );
      await ledger.settled();
      const more = await expectForeseen(ledger, 'action=correct', () =>
        ok(ledger.api.post(`invoices/${id}/correct`, { reason: 'metered once more' }), 201),
      );
      expect(more.notes[0]).to.include({ kind: 'debit_note' });
      expect(more.after.open_cents).to.be.above(0);
    } finally {
      await ledger.close();
    }
  });

  it('are told afterwards, with who did it', async () => {
    const { ledger } = await invoicedLedger();
    try {
      await ok(ledger.api.post(`invoices/${id}/pay`, {}));
      const credit = { lines: [{ description: 'Sorry', amount_cents: 1000 }], reason: 'an outage' };
      await ok(ledger.api.post(`invoices/${id}/credit`, credit), 201);
      const { events } = (await ok(ledger.api.get(`invoices/${id}/history`))).data;
      expect(
        events.map(({ type, amount_cents, reason }: Json) => [type, amount_cents, reason]).reverse(),
      ).to.deep.equal([
        ['InvoiceIssued', 7064, null],
        ['PaymentReceived', 7064, null],
        ['CorrectionIssued', -1100, 'an outage'],
      ]);
      expect(events[0]).to.include({ actor: 'admin-1', kind: 'credit_note', outcome: 'goodwill' });
      const [latest] = (await ok(ledger.api.get(`invoices/${id}/history`, acme))).data.events;
      expect(latest, 'to the tenant').to.include({ type: 'CorrectionIssued', actor: 'operator' });
      const before = await ok(ledger.api.get(`invoices/${id}/history?known_at=2020-01-01`));
      expect(before.data.events).to.deep.equal([]);
      await problem(ledger.api.get(`invoices/${id}/history`, { token: tenantToken('globex') }), 404);
      await problem(ledger.api.get(`invoices/${id}/history?known_at=x`), 422, 'known_at');
    } finally {
      await ledger.close();
    }
  });

  it('are those of a void and of the issue anew', async () => {
    const { ledger, site } = await invoicedLedger();
    try {
      const voided = await expectForeseen(ledger, 'action=void', () =>
        ok(ledger.api.post(`invoices/${id}/void`, { reason: 'wrong' })),
      );
      expect(voided.after).to.include({ status: 'void', open_cents: 0 });
      expect(await allowedOf(ledger)).to.deep.include({
        ...{ pay: 'invoice-void', payment: 'invoice-void', correct: 'invoice-void', credit: 'invoice-void' },
        ...{ void: 'nothing-to-do', reissue: null, send: 'invoice-void' },
      });
      for (const action of ['pay', 'payment', 'correct', 'credit', 'send'])
        expect(
          (await problem(ledger.api.get(`invoices/${id}/consequences?action=${action}`), 409)).type,
        ).to.match(/invoice-void$/);
      await meter(ledger, 'acme', site, '2026-04-30', [droplets[0] as Json], 2);
      await ledger.settled();
      const anew = await expectForeseen(ledger, 'action=reissue', () =>
        rollup(ledger, { force: true, tenant_id: 'acme' }),
      );
      expect(anew).to.include({ amount_cents: 7011 });
    } finally {
      await ledger.close();
    }
  });

  it('are refused as the action would be, and shown to admins alone', async () => {
    const { ledger } = await invoicedLedger();
    try {
      const of = (query: string) => ledger.api.get(`invoices/${id}/consequences?${query}`);
      expect((await problem(of('action=credit&amount_cents=6423'), 409)).type).to.match(
        /credit-above-invoice$/,
      );
      expect((await problem(of('action=send'), 409)).type).to.match(/not-configured$/);
      await problem(of('action=burn'), 422, 'action');
      await problem(of('action=credit&amount_cents=0'), 422, 'amount_cents');
      await problem(ledger.api.get('invoices/none/consequences?action=pay'), 404);
      await problem(ledger.api.get('invoices/none/actions'), 404);
      await problem(ledger.api.get(`invoices/${id}/actions`, acme), 403);
      await problem(ledger.api.get(`invoices/${id}/consequences?action=pay`, acme), 403);
      await ok(ledger.api.post(`invoices/${id}/pay`, {}));
      expect((await problem(of('action=void'), 409)).type).to.match(/invoice-paid$/);
      expect(await allowedOf(ledger)).to.include({
        void: 'invoice-paid',
        reissue: 'invoice-paid',
        credit: null,
      });
    } finally {
      await ledger.close();
    }
  });
});
