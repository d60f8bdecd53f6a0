import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { InvoiceCsvError, parseInvoiceCsv, type InvoiceCsvLine } from '../../src/digitalocean/invoice-csv.ts';

const april = readFileSync(
  new URL('../../simulators/digitalocean/sample-account/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25.csv', import.meta.url),
  'utf8',
);

const header9 = 'product,group_description,description,hours,start,end,USD,project_name,category';
const times = '2026-04-01 00:00:00 +0000,2026-05-01 00:00:00 +0000';
const row9 = (amount: string, description = 'web (s-1vcpu-1gb)'): string => `Droplets,,${description},672,${times},${amount},pilot,iaas`;
const parse = (...rows: string[]): InvoiceCsvLine[] => parseInvoiceCsv(`${rows.join('\n')}\n`).lines;

const refusal = (text: string): { row: number | null; reason: string } => {
  try {
    parseInvoiceCsv(text);
  } catch (error) {
    if (error instanceof InvoiceCsvError) return { row: error.row, reason: error.reason };
    throw error;
  }
  throw new Error('the CSV was accepted');
};

describe('parseInvoiceCsv', () => {
  it('reads the April 2026 sample: 33 lines, 86.92, of which 7.90 tax', () => {
    const { lines } = parseInvoiceCsv(april);
    expect(lines).to.have.length(33);
    expect(lines.map((line) => line.line_no)).to.deep.equal(Array.from({ length: 33 }, (_, index) => index + 1));
    expect(lines.reduce((sum, line) => sum + line.amount_cents, 0)).to.equal(8692);
    expect(lines[0]).to.deep.equal({
      line_no: 1,
      product: 'Droplets',
      group_description: null,
      description: 'git.example.com (s-1vcpu-1gb)',
      hours: '672',
      started_at: '2026-04-01T00:00:00Z',
      ended_at: '2026-05-01T00:00:00Z',
      amount_cents: 600,
      project_name: 'pilot',
      category: 'iaas',
    });
    expect(lines[32]).to.include({ product: 'Taxes', hours: null, ended_at: '2026-04-30T23:59:59Z', amount_cents: 790, project_name: null });
  });

  it('reads the 7 and the 8 columns of older invoices', () => {
    const eight = parse('product,group_description,description,hours,start,end,USD,project_name', `Droplets,,web,720,${times},$5.00,pilot`);
    const seven = parse('product,group_description,description,hours,start,end,USD', `Droplets,,web,720,${times},$5.00`);
    expect(eight[0]).to.include({ amount_cents: 500, project_name: 'pilot', category: null });
    expect(seven[0]).to.include({ amount_cents: 500, project_name: null, category: null });
  });

  it('reads by name: moved and new columns change nothing', () => {
    const [line] = parse(
      'USD,sku,category,end,start,description,group description, Product ,hours,project_name',
      '"$1,234.56",X1,paas,2026-05-01 00:00:00 +0000,2026-04-01 00:00:00 +0000,4 nodes,prod-cluster,Kubernetes Clusters,720,',
    );
    expect(line).to.include({ amount_cents: 123456, group_description: 'prod-cluster', product: 'Kubernetes Clusters', hours: '720', category: 'paas' });
  });

  it('reads a BOM, CRLF, quoted commas, quotes and newlines, UTF-8, and no final newline', () => {
    const text = `\uFEFF${header9}\r\n${row9('"$1,000.00"', '"Größe, ""XL""\r\nzwei 😀"')}\r\n${row9('-$1.00')}\r\n${row9('$-1.00')}`;
    const { lines } = parseInvoiceCsv(text);
    expect(lines.map((line) => line.amount_cents)).to.deep.equal([100000, -100, -100]);
    expect(lines[0]?.description).to.equal('Größe, "XL"\r\nzwei 😀');
  });

  it('keeps identical rows apart, and takes none for none', () => {
    expect(parse(header9, row9('$1.00'), row9('$1.00')).map((line) => line.line_no)).to.deep.equal([1, 2]);
    expect(parse(header9)).to.deep.equal([]);
    expect(parseInvoiceCsv(header9).lines).to.deep.equal([]);
  });

  it('turns another offset into UTC', () => {
    const [line] = parse(header9, 'Droplets,,web,1.25,2026-04-01 00:30:00 +0200,2026-04-30 23:00:00 -0130,$1.00,,');
    expect(line).to.include({ started_at: '2026-03-31T22:30:00Z', ended_at: '2026-05-01T00:30:00Z', hours: '1.25' });
  });

  const refused: readonly (readonly [what: string, text: string, row: number | null, reason: RegExp])[] = [
    ['nothing at all', '', null, /no header/],
    ['a header without an amount', 'product,group_description,description,hours,start,end\n', null, /missing column "usd"/],
    ['a column that appears twice', `${header9},USD\n`, null, /"usd" appears twice/],
    ['a third decimal', `${header9}\n${row9('$3.11')}\n${row9('$3.111')}\n`, 2, /USD/],
    ['an amount that is none', `${header9}\n${row9('free')}\n`, 1, /USD.*free/],
    ['an empty amount', `${header9}\n${row9('')}\n`, 1, /USD/],
    ['a day that does not exist', `${header9}\nDroplets,,web,1,2026-02-30 00:00:00 +0000,2026-03-01 00:00:00 +0000,$1.00,,\n`, 1, /start.*2026-02-30/],
    ['an hour that does not exist', `${header9}\nDroplets,,web,1,2026-02-01 00:00:00 +0000,2026-03-01 24:00:00 +0000,$1.00,,\n`, 1, /end.*24:00:00/],
    ['an offset that no place has', `${header9}\nDroplets,,web,1,2026-02-01 00:00:00 +9900,2026-03-01 00:00:00 +0000,$1.00,,\n`, 1, /start/],
    ['a time without a time', `${header9}\nDroplets,,web,1,2026-02-01,2026-03-01 00:00:00 +0000,$1.00,,\n`, 1, /start/],
    ['hours that are no decimal', `${header9}\nDroplets,,web,7e2,${times},$1.00,,\n`, 1, /hours/],
    ['an empty product', `${header9}\n,,web,1,${times},$1.00,,\n`, 1, /product/],
    ['a row that is too long', `${header9}\n${row9('$1.00')},more\n`, 1, /10 columns/],
    ['an open quote', `${header9}\n${row9('$1.00')}\nDroplets,,"web`, 2, /[Qq]uot/],
  ];
  for (const [what, text, row, reason] of refused) {
    it(`refuses ${what}, naming the row`, () => {
      const { row: found, reason: why } = refusal(text);
      expect(found).to.equal(row);
      expect(why).to.match(reason);
    });
  }

  it('refuses a file that was cut anywhere but in its last, free text', () => {
    const text = `${header9.replace(',category', '')}\n${row9('$1.00').replace(',iaas', '')}\nDroplets,,db (s-1vcpu-1gb),672,${times},$13.27,`;
    const lastRow = text.lastIndexOf('\n') + 1;
    for (let cut = lastRow + 1; cut < text.length; cut += 1) {
      expect(refusal(text.slice(0, cut)).row, text.slice(lastRow, cut)).to.equal(2);
    }
  });

  it('refuses a cut in an amount that stands last', () => {
    const text = `product,group_description,description,hours,start,end,USD\nDroplets,,web,672,${times},$13.27`;
    expect(parseInvoiceCsv(text).lines[0]?.amount_cents).to.equal(1327);
    expect(refusal(text.slice(0, -1)).reason).to.match(/cut off/);
    expect(refusal(text.slice(0, -3)).reason).to.match(/cut off/);
  });

  it('reads 100,000 rows', () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => row9('$0.01', `web-${String(index)} (s-1vcpu-1gb)`));
    const lines = parse(header9, ...rows);
    expect(lines).to.have.length(100_000);
    expect(lines.at(-1)).to.include({ line_no: 100_000, description: 'web-99999 (s-1vcpu-1gb)', amount_cents: 1 });
  });
});
