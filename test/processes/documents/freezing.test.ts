import { expect } from 'chai';
import { documentId, type DocumentKey } from '../../../commands/documents/document.ts';
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import { documentContent } from '../../../src/processes/documents/document-content.ts';
import { sha256Of } from '../../../src/processes/documents/document-store.ts';
import { freezeDocument } from '../../../src/processes/documents/freeze-document.ts';
import { loadFrozen } from '../../../src/processes/documents/load-frozen.ts';
import { purge, settleAll } from '../../../src/processes/documents/settler.ts';
import { rollUp } from '../../../src/processes/roll-up.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { canonicalJson } from '../../../src/runtime/canonical-json.ts';
import { Refused } from '../../../src/ledger/refusal.ts';
import { ok, type Json } from '../../support/http/api.ts';
import {
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../../support/http/parties.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';

describe('frozen documents', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await seededLedger();
  });
  afterEach(() => ledger.close());

  const settle = () => settleAll(ledger.processDeps);
  const meta = () => ledger.meta();
  const keyOf = (subject_id: string, issue_no = 1): DocumentKey => ({
    kind: 'invoice',
    subject_id,
    issue_no,
  });
  const freeze = (id: string, issueNo = 1) => freezeDocument(ledger.processDeps, keyOf(id, issueNo), meta);
  const stored = () => ledger.sql<{ document_id: string; form: string; retain_until: string }[]>`
    select document_id, form, retain_until from documents order by document_id`;

  /** Issues acme's invoice of April, with an overage and a charge of the gateway. */
  async function issued(): Promise<string> {
    const site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await meter(ledger, 'acme', site, '2026-04-10', [{ resource_kind: 'dns_zones', qty: '12' }]);
    await charge(ledger, 'acme', site, 'r-1', '12.5', '2026-04-11T00:00:00.000Z');
    const shop = await subscribed(ledger, 'acme', 'shop', { starts_on: '2026-04-16' });
    await ok(ledger.api.patch(`deployments/${shop}`, { display_name: 'Магазин 店 🛒' }));
    const { invoices } = await rollup(ledger);
    return invoices[0].invoice_id;
  }

  const refusal = async (work: Promise<unknown>): Promise<Json> => {
    try {
      await work;
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
    throw new Error('it was not refused');
  };

  it('hold the issue with its parties, its lines by deployment, and its tax', async () => {
    await setSeller(ledger);
    await setCustomer(ledger, 'acme', { net_days: 30, po_number: 'PO-1' });
    const id = await issued();
    const loaded = await loadFrozen(ledger.ledger, keyOf(id));
    const { document, view } = loaded as NonNullable<typeof loaded>;
    if (view.kind === 'receipt') throw new Error('it is an invoice');
    const invoice = await invoiceOf(ledger, id);
    expect(document).to.include({
      document_id: documentId(keyOf(id)),
      tenant_id: 'acme',
      number: 'EX-2026-000001',
      retain_until: '2031-05-09',
    });
    expect(view).to.include({
      kind: 'invoice',
      number: 'EX-2026-000001',
      issued_on: '2026-05-09',
      due_on: '2026-06-08',
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      subtotal_cents: invoice.subtotal_cents,
      total_cents: invoice.total_cents,
      paid_cents: 0,
      due_cents: invoice.total_cents,
    });
    expect([view.seller.tax_id, view.buyer.legal_name, view.buyer.po_number]).to.deep.equal([
      '51824753556',
      'Customer Pty Ltd',
      'PO-1',
    ]);
    expect(view.taxes).to.deep.equal([
      {
        name: 'GST',
        rate: '0.1',
        taxable_cents: invoice.subtotal_cents,
        tax_cents: invoice.tax_cents,
      },
    ]);
    expect(view.groups.map(({ slug, display_name }) => [slug, display_name]).sort()).to.deep.equal([
      ['shop', 'Магазин 店 🛒'],
      ['site', 'site'],
    ]);
    expect(view.groups.reduce((sum, { subtotal_cents }) => sum + subtotal_cents, 0)).to.equal(
      invoice.subtotal_cents,
    );
    const half = view.groups.find(({ slug }) => slug === 'shop')?.lines[0];
    expect([half?.from, half?.to]).to.deep.equal(['2026-04-16', '2026-04-30']);
    expect([invoice.due_on, invoice.seller.legal_name, invoice.buyer]).to.deep.equal([
      '2026-06-08',
      'Example Cloud Pty Ltd',
      view.buyer,
    ]);
    expect(invoice.documents).to.deep.equal([
      { issue_no: 1, form: 'content', sha256: document.content_sha256, retain_until: '2031-05-09' },
    ]);
  });

  it('name what is missing, and are frozen once it is there', async () => {
    const id = await issued();
    const noSeller = await refusal(freeze(id));
    expect(noSeller.refused).to.equal('no-seller');
    expect(noSeller.errors.map(({ path }: Json) => path)).to.include('seller.invoice_prefix');
    await setSeller(ledger);
    await settle();
    expect(await stored()).to.deep.equal([]);
    const noProfile = await refusal(freeze(id));
    expect(noProfile.refused).to.equal('no-profile');
    expect(noProfile.errors.map(({ path }: Json) => path)).to.include('customer.legal_name');
    const open = await invoiceOf(ledger, id);
    expect([open.number, open.seller, open.buyer, open.documents]).to.deep.equal([
      'EX-2026-000001',
      null,
      null,
      [],
    ]);
    await setCustomer(ledger, 'acme');
    await settle();
    expect((await invoiceOf(ledger, id)).buyer.legal_name).to.equal('Customer Pty Ltd');
    const events = await ledger.eventCount();
    await settle();
    expect(await ledger.eventCount()).to.equal(events);
    expect((await refusal(freeze('no-such-invoice'))).refused).to.equal('not-found');
    expect((await refusal(freeze(id, 2))).refused).to.equal('not-found');
  });

  it('stay as they are when names and parties change, and are the same however late', async () => {
    await setSeller(ledger);
    await setCustomer(ledger, 'acme');
    const id = await issued();
    const first = (await freeze(id)).document.content_sha256;
    ledger.clock.set('2026-07-01T00:00:00.000Z');
    await setSeller(ledger, { legal_name: 'Another Pty Ltd', invoice_prefix: 'AN' });
    await setCustomer(ledger, 'acme', { legal_name: 'Renamed Pty Ltd' });
    const { data } = await ok(ledger.api.get('deployments'));
    for (const one of data) await ok(ledger.api.patch(`deployments/${one.id}`, { display_name: 'Renamed' }));
    expect((await freeze(id)).document.content_sha256).to.equal(first);
    const content = await documentContent(ledger.processDeps, keyOf(id));
    expect(sha256Of(Buffer.from(canonicalJson(content.view)))).to.equal(first);
    await ledger.sql`delete from documents`;
    expect((await refusal(freeze(id))).refused).to.equal('not-found');
  });

  it('are one for each issue, void ones too', async () => {
    await setSeller(ledger);
    await setCustomer(ledger, 'acme');
    const id = await issued();
    await ok(ledger.api.post(`invoices/${id}/void`, {}));
    await rollup(ledger, { tenant_id: 'acme', force: true });
    await settle();
    const invoice = await invoiceOf(ledger, id);
    expect(invoice.documents.map(({ issue_no }: Json) => issue_no)).to.deep.equal([1, 2]);
    expect((await freeze(id, 1)).view.number).to.equal('EX-2026-000001');
    expect((await freeze(id, 2)).view.number).to.equal('EX-2026-000001-R1');
  });

  it('have one winner when many freeze at once, and the content of the others is gone', async () => {
    await setSeller(ledger);
    const id = await issued();
    await setCustomer(ledger, 'acme');
    const beside = await ledger.openBeside();
    try {
      const results = await Promise.all([
        ...Array.from({ length: 6 }, () => freeze(id)),
        ...Array.from({ length: 6 }, () => freezeDocument(beside.processDeps, keyOf(id), meta)),
        setCustomer(ledger, 'acme', { legal_name: 'Changed Meanwhile Pty Ltd' }),
      ]);
      const hashes = new Set(results.slice(0, 12).map((one) => one.document.content_sha256));
      expect(hashes.size).to.equal(1);
      expect((await stored()).length).to.equal(1);
    } finally {
      await beside.close();
    }
  });

  it('are found altered, never shown', async () => {
    await setSeller(ledger);
    await setCustomer(ledger, 'acme');
    const id = await issued();
    await ledger.sql`update documents set content = convert_to(
      replace(convert_from(content, 'UTF8'), 'Customer Pty Ltd', 'Attacker Pty Ltd'), 'UTF8')`;
    let message = '';
    await freeze(id).catch((error: unknown) => {
      message = String(error);
    });
    expect(message).to.contain('it was altered');
  });

  it('are kept after an erasure until their day has passed, as what no event names is not', async () => {
    await setSeller(ledger);
    for (const tenant of ['acme', 'kept']) await setCustomer(ledger, tenant);
    await subscribed(ledger, 'kept', 'site');
    const id = await issued();
    await rollup(ledger);
    expect((await stored()).length).to.equal(2);
    await ledger.sql`
      insert into documents (document_id, form, sha256, tenant_id, content, retain_until, created_at)
      values ('orphan', 'content', 'aa', 'acme', 'x', '2031-01-01', now() - interval '2 hours'),
        ('under-way', 'content', 'bb', 'acme', 'x', '2031-01-01', now())`;
    const erased = await ok(ledger.api.post('customers/acme/erase', { confirm: 'acme' }));
    expect(erased.data.documents).to.deep.equal({ count: 1, retain_until: '2031-05-09' });
    await purge({ ...ledger.processDeps });
    expect((await invoiceOf(ledger, id)).buyer.legal_name).to.equal('Customer Pty Ltd');
    expect((await stored()).map(({ document_id }) => document_id)).not.to.include('orphan');
    ledger.clock.set('2031-05-09T23:00:00.000Z');
    await purge({ ...ledger.processDeps });
    expect((await invoiceOf(ledger, id)).buyer.legal_name).to.equal('Customer Pty Ltd');
    ledger.clock.set('2031-05-10T00:00:00.000Z');
    await purge({ ...ledger.processDeps });
    expect((await invoiceOf(ledger, id)).buyer).to.equal(null);
    expect((await refusal(freeze(id))).refused).to.equal('not-found');
    const left = await ledger.sql<{ tenant_id: string }[]>`select distinct tenant_id from documents`;
    expect(left.map(({ tenant_id }) => tenant_id)).to.include('kept');
  });

  it("are frozen for one tenant while another tenant's account can not be settled", async () => {
    await setSeller(ledger);
    for (const tenant of ['acme', 'globex']) {
      await setCustomer(ledger, tenant);
      await subscribed(ledger, tenant, 'site');
    }
    const advance = { tenant_id: 'globex', amount_cents: 100, method: 'transfer', reference: 'r-1' };
    await ok(ledger.api.post('payments', { ...advance, received_on: '2026-05-01' }), 201);
    const broken: Ledger = Object.assign(Object.create(ledger.ledger), {
      execute: ((bound, input, commandMeta) =>
        bound.command.name === 'settle-account'
          ? Promise.reject(new Error('globex is broken'))
          : ledger.ledger.execute(bound, input, commandMeta)) satisfies Ledger['execute'],
    });
    const deps = { ...ledger.processDeps, ledger: broken };
    await rollUp(deps, { period: '2026-04-01' }, meta);
    const frozen = (tenant: string) => freezeDocument(deps, keyOf(invoiceId(tenant, '2026-04-01')), meta);
    expect((await frozen('acme')).view).to.include({ total_cents: 5500, paid_cents: 0 });
    expect(await frozen('globex').catch((error: unknown) => String(error))).to.contain('globex is broken');
    await settle();
    expect((await frozen('globex')).view).to.include({ paid_cents: 100, due_cents: 5400 });
  });
});
