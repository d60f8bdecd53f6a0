import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import type { InvoiceView } from '../../../src/documents/document-view.ts';
import { renderPdf } from '../../../src/documents/pdf/render-pdf.ts';
import { renderUbl } from '../../../src/documents/ubl/render-ubl.ts';
import { pdfText } from '../../support/documents/pdf-text.ts';
import { brokenRules, parse, pintRules, texts } from '../../support/documents/pint-rules.ts';
import {
  buyer,
  creditNote,
  goldenInvoice,
  groupOf,
  invoiceOf,
  lineOf,
  seller,
} from '../../support/documents/views.ts';

const goldenFile = new URL('../../golden/invoice.ubl.xml', import.meta.url);
const untaxed = { taxes: [], tax_cents: 0, total_cents: 6422, due_cents: 6422 };
const partial = invoiceOf(
  [
    groupOf([
      lineOf(1, { from: '2026-04-12', to: '2026-04-30', amount_cents: 3167 }),
      lineOf(2, {
        kind: 'charge',
        description: 'Discount',
        unit: 'one',
        unit_price_cents: '-500',
        amount_cents: -500,
      }),
      lineOf(3, { unit: '1k_tokens', qty: '12.345', unit_price_cents: '1.5', amount_cents: 19 }),
    ]),
  ],
  { paid_cents: 1000, due_cents: 1955 },
);
const debitNote: InvoiceView = { ...goldenInvoice, kind: 'debit_note', corrects: creditNote.corrects };
const documents: Record<string, InvoiceView> = {
  'the golden invoice': goldenInvoice,
  'an invoice of parts of a month, a discount and a prepayment': partial,
  'a credit note': creditNote,
  'a goodwill credit': { ...creditNote, goodwill: true },
  'a debit note': debitNote,
  'an exempt invoice': invoiceOf(goldenInvoice.groups, untaxed),
  'an invoice at a rate of zero': {
    ...goldenInvoice,
    ...untaxed,
    taxes: [{ name: 'GST', rate: '0', taxable_cents: 6422, tax_cents: 0 }],
  },
  'an invoice of nothing': invoiceOf([]),
  'an invoice to New York': {
    ...goldenInvoice,
    buyer: {
      ...buyer,
      tax_id: null,
      address: { ...buyer.address, country: 'US' },
      po_number: null,
      contact: null,
    },
  },
};

describe('a document as UBL', () => {
  for (const [name, view] of Object.entries(documents)) {
    it(`keeps every rule of PINT A-NZ: ${name}`, () => {
      expect(brokenRules(renderUbl(view))).to.deep.equal([]);
    });
  }

  it('is checked by rules that do find what is wrong', () => {
    const xml = renderUbl(goldenInvoice);
    const broken = (from: string | RegExp, to: string) => brokenRules(xml.replace(from, to));
    expect(Object.keys(pintRules)).to.have.length.greaterThan(45);
    expect(broken('>70.64</cbc:PayableAmount>', '>70.65</cbc:PayableAmount>')).to.deep.equal(['ibr-co-16']);
    expect(broken('aunz-1', 'jp-1')).to.deep.equal(['aligned-ibrp-001-aunz']);
    expect(broken('>0.01</cbc:PriceAmount>', '>-0.01</cbc:PriceAmount>')).to.include('ibr-027');
    expect(broken(/51824753556/g, '51824753557')).to.deep.equal(['ibr-120']);
    expect(broken(/<cbc:BuyerReference>.*<\/cac:OrderReference>/s, '')).to.include('aligned-ibrp-003');
  });

  it('has the text of the golden file, for the golden invoice', async () => {
    const xml = renderUbl(goldenInvoice);
    if (process.env['UPDATE_GOLDEN'] !== undefined) await writeFile(goldenFile, xml);
    expect(xml, 'UPDATE_GOLDEN=1 writes it').to.equal(await readFile(goldenFile, 'utf8'));
  });

  it('has the amounts of the PDF', async () => {
    for (const [name, view] of Object.entries(documents)) {
      const { root, lines } = parse(renderUbl(view));
      const total = (member: string) => texts(root, `cac:LegalMonetaryTotal/cbc:${member}`)[0] ?? '';
      // A credit note has no minus in UBL.
      const shown = (value: string) => (view.kind === 'credit_note' ? `-${value}` : value).replace('--', '');
      const text = (await pdfText(await renderPdf(view)))
        .join('\n')
        .replaceAll('-$', '$-')
        .replaceAll('$', '');
      expect(text, name).to.contain(`Total AUD ${shown(total('TaxInclusiveAmount'))}`);
      if (view.kind !== 'credit_note') {
        expect(text, name).to.contain(`Amount due ${total('PayableAmount')}`);
        expect(text, name).to.contain(`Paid ${total('PrepaidAmount') || '0.00'}`);
      }
      expect(text, name).to.contain(`Subtotal ${shown(total('LineExtensionAmount'))}`);
      if (view.taxes.length > 0)
        expect(text, name).to.contain(` ${shown(texts(root, 'cac:TaxTotal/cbc:TaxAmount')[0] ?? '')}`);
      if (view.groups.length > 0)
        for (const amount of lines.flatMap((line) => texts(line, 'cbc:LineExtensionAmount')))
          expect(text, name).to.contain(` ${shown(amount)}`);
    }
  });

  it('names the kinds of documents, and what a note corrects', () => {
    expect(texts(parse(renderUbl(goldenInvoice)).root, 'cbc:InvoiceTypeCode')).to.deep.equal(['380']);
    expect(texts(parse(renderUbl(debitNote)).root, 'cbc:InvoiceTypeCode')).to.deep.equal(['383']);
    const { name, root } = parse(renderUbl(creditNote));
    expect(name).to.equal('CreditNote');
    expect(texts(root, 'cbc:CreditNoteTypeCode')).to.deep.equal(['381']);
    const reference = 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID';
    expect(texts(root, reference)).to.deep.equal(['ARC-2026-000001']);
    expect(texts(root, 'cac:LegalMonetaryTotal/cbc:PayableAmount')).to.deep.equal(['1.10']);
  });

  it('is well-formed and keeps the rules, whatever the names are', () => {
    const name = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(name, name, name, (legal, line, reason) => {
        const xml = renderUbl(
          invoiceOf([groupOf([lineOf(1, { description: line })], legal)], {
            buyer: { ...buyer, legal_name: legal, trading_name: line, po_number: reason, contact: legal },
            seller: { ...seller, legal_name: line },
            reason,
          }),
        );
        expect(brokenRules(xml)).to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
  });

  it('replaces what XML forbids by a box', () => {
    const view = invoiceOf([groupOf([lineOf(1, { description: 'a\u0000b<&>\ud800' })])]);
    expect(texts(parse(renderUbl(view)).lines[0], 'cac:Item/cbc:Name')).to.deep.equal(['a□b<&>□']);
  });
});
