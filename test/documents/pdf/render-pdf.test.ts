import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { InvoiceView } from '../../../src/documents/document-view.ts';
import { renderPdf } from '../../../src/documents/pdf/render-pdf.ts';
import { pdfText, placedText } from '../../support/documents/pdf-text.ts';
import {
  buyer,
  creditNote,
  goldenInvoice,
  groupOf,
  invoiceOf,
  lineOf,
  longInvoice,
  receipt,
  seller,
  statement,
} from '../../support/documents/views.ts';

const goldenFile = new URL('../../golden/invoice.pdf', import.meta.url);
const textOf = async (view: Parameters<typeof renderPdf>[0]): Promise<string> =>
  (await pdfText(await renderPdf(view))).join('\n');

describe('a document as a PDF', () => {
  it('has the bytes of the golden file, for the golden invoice', async () => {
    const pdf = await renderPdf(goldenInvoice);
    if (process.env['UPDATE_GOLDEN'] !== undefined) await writeFile(goldenFile, pdf);
    expect(pdf.equals(await readFile(goldenFile)), 'UPDATE_GOLDEN=1 writes test/golden/invoice.pdf').to.equal(
      true,
    );
  });

  it('has the same bytes in another process', async () => {
    const script = `
      const { renderPdf } = await import('./src/documents/pdf/render-pdf.ts');
      const { creditNote } = await import('./test/support/documents/views.ts');
      const { createHash } = await import('node:crypto');
      console.log(createHash('sha256').update(await renderPdf(creditNote)).digest('hex'));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      {
        cwd: new URL('../../..', import.meta.url),
        env: { ...process.env, TZ: 'Pacific/Auckland', LANG: 'C' },
      },
    );
    const hash = createHash('sha256')
      .update(await renderPdf(creditNote))
      .digest('hex');
    expect(stdout.trim()).to.equal(hash);
  });

  it('carries the day of the document and no other time', async () => {
    const pdf = (await renderPdf(goldenInvoice)).toString('latin1');
    expect(pdf.match(/D:\d{14}Z/g)).to.deep.equal(['D:20260501000000Z', 'D:20260501000000Z']);
  });

  it('says all that a tax invoice has to say', async () => {
    const text = await textOf(goldenInvoice);
    for (const part of [
      'Tax invoice',
      'Arcadia Cloud Pty Ltd',
      'ABN 51824753556',
      'Acme Widgets Pty Ltd',
      'ABN 53004085616',
      'PO-4711',
      'ARC-2026-000001',
      '1 May 2026',
      '15 May 2026',
      '1 Apr 2026 – 30 Apr 2026',
      'Shop',
      '30 days',
      '672 hour 0.01 6.72',
      'Subtotal 64.22',
      'GST 10% of 64.22 6.42',
      'Total AUD $70.64',
      'Paid 0.00',
      'Amount due $70.64',
      '062-000',
      '12345678',
      'Page 1 of 1',
    ])
      expect(text).to.contain(part);
  });

  it('is no tax invoice without a tax number or a tax', async () => {
    const free = { taxes: [], tax_cents: 0, total_cents: 6422, due_cents: 6422 };
    expect(await textOf({ ...goldenInvoice, ...free })).to.not.contain('Tax invoice');
    expect(await textOf({ ...goldenInvoice, seller: { ...seller, tax_id: '' } }))
      .to.contain('Invoice')
      .and.not.contain('Tax invoice')
      .and.not.contain('ABN 51');
  });

  it('names the days of a line that is for a part of the month', async () => {
    const half = lineOf(1, { from: '2026-04-12', to: '2026-04-30', amount_cents: 3167 });
    const day = lineOf(2, { from: '2026-04-12', to: '2026-04-12', amount_cents: 167 });
    const text = await textOf(invoiceOf([groupOf([half, day])]));
    expect(text).to.contain('12 – 30 Apr 2026').and.contain('19 of 30 days').and.contain('1 of 30 days');
  });

  it('marks notes, and says what they correct and why', async () => {
    const text = await textOf(creditNote);
    expect(text).to.contain('Credit note (adjustment note)').and.contain('Corrects invoice ARC-2026-000001');
    expect(text).to.contain('Reason: Usage of 12 April was reported twice').and.contain('Total AUD -$1.10');
    expect(await textOf({ ...creditNote, goodwill: true })).to.contain('Goodwill credit');
    const debit: InvoiceView = { ...goldenInvoice, kind: 'debit_note', corrects: creditNote.corrects };
    expect(await textOf(debit))
      .to.contain('Debit note (adjustment note)')
      .and.contain('Reference');
  });

  it('shows a receipt and a statement', async () => {
    expect(await textOf(receipt))
      .to.contain('Receipt')
      .and.contain('Received AUD $100.00')
      .and.contain('ARC-2026-000001 70.64')
      .and.contain('Kept as your balance 29.36');
    expect(await textOf(statement))
      .to.contain('Opening balance')
      .and.contain('Payment received, thank you 10 May 2026 -50.00 20.64')
      .and.contain('Balance AUD $19.54');
  });

  it("writes amounts and days in the buyer's locale", async () => {
    const group = groupOf([
      lineOf(1, { qty: '1488.5', unit_price_cents: '123456', amount_cents: 183_763_256 }),
    ]);
    const german = invoiceOf([group], { currency: 'EUR', buyer: { ...buyer, locale: 'de-DE' } });
    expect(await textOf(german))
      .to.contain('01.05.2026')
      .and.contain('1.488,5')
      .and.contain('1.234,56')
      .and.contain('1.837.632,56')
      .and.contain('€');
    const american = { ...goldenInvoice, buyer: { ...buyer, locale: 'en-US' } };
    expect(await textOf(american))
      .to.contain('May 1, 2026')
      .and.contain('A$70.64');
  });

  it('breaks a long invoice between rows, repeats the heads and never parts sums from lines', async () => {
    const pages = await pdfText(await renderPdf(longInvoice(240)));
    expect(pages.length).to.be.greaterThan(8);
    pages.forEach((page, index) => {
      expect(page).to.contain(`Page ${index + 1} of ${pages.length}`);
      expect(page).to.contain('Description Days Quantity Unit Unit price Amount');
    });
    expect(pages.some((page) => page.includes('(continued)'))).to.equal(true);
    const last = pages.at(-1) ?? '';
    expect(last).to.contain('Amount due').and.contain('HOW TO PAY').and.contain('Droplet hours of server');
  });

  it('aligns figures at the right edge of their column, and draws nothing outside the page', async () => {
    const pages = await placedText(await renderPdf(longInvoice(60)));
    for (const page of pages)
      for (const { text, x, y, right } of page) {
        expect(x, text).to.be.at.least(47);
        expect(right, text).to.be.at.most(549);
        expect(y, text).to.be.within(20, 830);
        if (/^\d+\.\d\d$/.test(text)) expect(right, text).to.be.greaterThan(300);
      }
  });
});
