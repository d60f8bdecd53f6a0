import { expect } from 'chai';
import { invoiceStream } from '../../../commands/invoicing/invoice.ts';
import { invoiceLinesInParts } from '../../../commands/invoicing/invoice-parts.ts';
import { newEvent } from '../../../src/ledger/handle-command.ts';
import { freezeDocument } from '../../../src/processes/documents/freeze-document.ts';
import { settleAll } from '../../../src/processes/documents/settler.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../../support/http/parties.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { numbersOf } from '../../support/processes/issued-numbers.ts';

describe('documents of corrections', () => {
  let ledger: TestLedger;
  let invoice: string;
  let deployment: string;
  before(async () => {
    ledger = await seededLedger();
    await setSeller(ledger);
    await setCustomer(ledger, 'acme');
    deployment = await subscribed(ledger, 'acme', 'site');
    invoice = (await rollup(ledger)).invoices[0].invoice_id;
  });
  after(() => ledger.close());

  /** A credit note of one dollar and its tax, as it is recorded on the invoice's stream. */
  async function credited(correction_id: string, correction_no: number): Promise<void> {
    const line = { resource_kind: null, qty: '1', unit: 'credit', unit_price_cents: -100 } as const;
    const parts = invoiceLinesInParts({ invoice_id: invoice, tenant_id: 'acme' }, [
      {
        ...line,
        deployment_id: deployment,
        kind: 'plan_base',
        description: 'Less',
        amount_cents: -100,
        meta: { from: '2026-04-10', to: '2026-04-12' },
      },
      {
        ...line,
        deployment_id: null,
        kind: 'tax',
        description: 'GST 10 %',
        amount_cents: -10,
        meta: { tax_name: 'GST', tax_rate: '0.1', subtotal_cents: -100 },
      },
    ]);
    await ledger.ledger.storeParts([parts], ledger.meta());
    const stream = invoiceStream(invoice);
    const revision = (await ledger.log.read(stream)).length - 1;
    const data = {
      correction_id,
      invoice_id: invoice,
      tenant_id: 'acme',
      correction_no,
      kind: 'credit_note',
      purpose: 'goodwill',
      issue_no: 1,
      subtotal_cents: -100,
      tax_cents: -10,
      total_cents: -110,
      tax_name: 'GST',
      tax_rate: '0.10',
      not_billed: { unpriced: [], unbilled: [], unmetered: [] },
      inputs_position: null,
      lines_hash: parts.hash,
      parts: parts.events.length,
      lines: parts.lines,
      reason: 'an outage',
      issued_at: ledger.clock.now(),
      due_on: ledger.clock.now().slice(0, 10),
    };
    const meta = { ...ledger.meta(), command: 'credit-invoice' };
    const event = newEvent(
      { type: 'CorrectionIssued', data },
      stream,
      revision + 1,
      meta,
      ledger.clock.now(),
    );
    await ledger.log.append(stream, [event], revision);
  }

  it('have numbers of their own series in the order of their issue', async () => {
    await credited('note-1', 1);
    await credited('note-2', 2);
    await settleAll(ledger.processDeps);
    expect(await numbersOf(ledger, 'correction-numbers-2026')).to.deep.equal([
      { subject_id: 'note-1', no: 1, number: 'EX-CN-2026-000001' },
      { subject_id: 'note-2', no: 2, number: 'EX-CN-2026-000002' },
    ]);
    expect((await invoiceOf(ledger, invoice)).number).to.equal('EX-2026-000001');
  });

  it('name the issue that they correct, and hold signed amounts', async () => {
    const key = { kind: 'correction' as const, subject_id: 'note-1', issue_no: null };
    const { view } = await freezeDocument(ledger.processDeps, key, () => ledger.meta());
    if (view.kind === 'receipt') throw new Error('it is a note');
    expect(view).to.deep.include({
      kind: 'credit_note',
      number: 'EX-CN-2026-000001',
      corrects: { number: 'EX-2026-000001', issued_on: '2026-05-09' },
      reason: 'an outage',
      goodwill: true,
      total_cents: -110,
      due_cents: -110,
      taxes: [{ name: 'GST', rate: '0.1', taxable_cents: -100, tax_cents: -10 }],
    });
    expect(view.groups.map(({ slug, subtotal_cents }) => [slug, subtotal_cents])).to.deep.equal([
      ['site', -100],
    ]);
  });
});
