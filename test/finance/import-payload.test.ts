import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseInvoiceCsv } from '../support/digitalocean/parse-invoice-csv.ts';
import { classifyLine } from '../../commands/costs/line-kind.ts';
import { buildImportPayload, type LineToImport } from '../../src/finance/import-payload.ts';

const uuid = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const april = readFileSync(
  new URL(`../../simulators/digitalocean/sample-account/invoices/${uuid}.csv`, import.meta.url),
  'utf8',
);
const invoice = { uuid, period: '2026-04-01', currency: 'USD' };

const line = (lineNo: number, amountCents: number, isTax = false): LineToImport => ({
  line_no: lineNo,
  description: `line ${String(lineNo)}`,
  kind: isTax ? null : 'droplet',
  amount_cents: amountCents,
  is_tax: isTax,
});

describe('buildImportPayload', () => {
  it('comes to gross 8692, net 7902, tax 790 for April 2026', () => {
    const lines = parseInvoiceCsv(april).lines.map((each) => ({ ...each, ...classifyLine(each) }));
    const payload = buildImportPayload(invoice, lines);
    expect(payload).to.include({ amount_gross_minor: 8692, amount_net_minor: 7902, amount_tax_minor: 790 });
    expect(payload).to.deep.include({
      tenant_id: 'platform-admin',
      source: 'digitalocean',
      external_id: uuid,
      vendor: { name: 'DigitalOcean', category: 'cloud' },
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      currency: 'USD',
    });
    expect(payload.lines).to.have.length(33);
    expect(payload.lines[15]).to.deep.equal({
      line_no: 16,
      description: 'git.example.com (Weekly Backup Services)',
      kind: 'droplet_backup',
      amount_minor: 120,
      is_tax: false,
    });
    expect(payload.lines[32]).to.deep.equal({
      line_no: 33,
      description: 'GST (10.0%)',
      kind: null,
      amount_minor: 790,
      is_tax: true,
    });
  });

  it('adds credits and several taxes, and is zero for an invoice without lines', () => {
    expect(
      buildImportPayload(invoice, [line(1, 1000), line(2, -250), line(3, 60, true), line(4, 15, true)]),
    ).to.include({
      amount_gross_minor: 825,
      amount_net_minor: 750,
      amount_tax_minor: 75,
    });
    expect(buildImportPayload(invoice, [])).to.deep.include({
      amount_gross_minor: 0,
      amount_net_minor: 0,
      amount_tax_minor: 0,
      lines: [],
    });
  });

  it('puts lines in the order of their numbers', () => {
    expect(
      buildImportPayload(invoice, [line(2, 1), line(10, 2), line(1, 3)]).lines.map(({ line_no }) => line_no),
    ).to.deep.equal([1, 2, 10]);
  });

  it('ends on the last day of any month', () => {
    const ends = ['2024-02-01', '2026-02-01', '2026-12-01', '2026-01-01'].map(
      (period) => buildImportPayload({ ...invoice, period }, []).period_end,
    );
    expect(ends).to.deep.equal(['2024-02-29', '2026-02-28', '2026-12-31', '2026-01-31']);
  });

  it('refuses what is no month, and sums that no safe integer holds', () => {
    expect(() => buildImportPayload({ ...invoice, period: '2026-04-02' }, [])).to.throw(RangeError);
    expect(() => buildImportPayload(invoice, [line(1, Number.MAX_SAFE_INTEGER), line(2, 1)])).to.throw(
      RangeError,
    );
    expect(() => buildImportPayload(invoice, [line(1, 1.5)])).to.throw(RangeError);
  });
});
