import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { InvoiceCsvError, readInvoiceCsv, type InvoiceCsvLine } from '../../src/digitalocean/invoice-csv.ts';
import { parseInvoiceCsv } from '../support/digitalocean/parse-invoice-csv.ts';

const april = readFileSync(
  new URL(
    '../../simulators/digitalocean/sample-account/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25.csv',
    import.meta.url,
  ),
  'utf8',
);

const header9 = 'product,group_description,description,hours,start,end,USD,project_name,category';
const times = '2026-04-01 00:00:00 +0000,2026-05-01 00:00:00 +0000';
const row9 = (amount: string, description = 'web (s-1vcpu-1gb)'): string =>
  `Droplets,,${description},672,${times},${amount},pilot,iaas`;
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
    expect(lines.map((line) => line.line_no)).to.deep.equal(
      Array.from({ length: 33 }, (_, index) => index + 1),
    );
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
    expect(lines[32]).to.include({
      product: 'Taxes',
      hours: null,
      ended_at: '2026-04-30T23:59:59Z',
      amount_cents: 790,
      project_name: null,
    });
  });

  it('reads the 7 and the 8 columns of older invoices', () => {
    const eight = parse(
      'product,group_description,description,hours,start,end,USD,project_name',
      `Droplets,,web,720,${times},$5.00,pilot`,
    );
    const seven = parse(
      'product,group_description,description,hours,start,end,USD',
      `Droplets,,web,720,${times},$5.00`,
    );
    expect(eight[0]).to.include({ amount_cents: 500, project_name: 'pilot', category: null });
    expect(seven[0]).to.include({ amount_cents: 500, project_name: null, category: null });
  });

  it('reads by name: moved and new columns change nothing', () => {
    const [line] = parse(
      'USD,sku,category,end,start,description,group description, Product ,hours,project_name',
      '"$1,234.56",X1,paas,2026-05-01 00:00:00 +0000,2026-04-01 00:00:00 +0000,4 ' +
        'nodes,prod-cluster,Kubernetes Clusters,720,',
    );
    expect(line).to.include({
      amount_cents: 123456,
      group_description: 'prod-cluster',
      product: 'Kubernetes Clusters',
      hours: '720',
      category: 'paas',
    });
  });

  it('reads a BOM, CRLF, quoted commas, quotes and newlines, UTF-8, and no final newline', () => {
    const rows = [row9('"$1,000.00"', '"Größe, ""XL""\r\nzwei 😀"'), row9('-$1.00'), row9('$-1.00')];
    const text = `\uFEFF${[header9, ...rows].join('\r\n')}`;
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
    const [line] = parse(
      header9,
      'Droplets,,web,1.25,2026-04-01 00:30:00 +0200,2026-04-30 23:00:00 -0130,$1.00,,',
    );
    expect(line).to.include({
      started_at: '2026-03-31T22:30:00Z',
      ended_at: '2026-05-01T00:30:00Z',
      hours: '1.25',
    });
  });

  const refused: readonly (readonly [what: string, text: string, row: number | null, reason: RegExp])[] = [
    ['nothing at all', '', null, /no header/],
    [
      'a header without an amount',
      'product,group_description,description,hours,start,end\n',
      null,
      /missing column "usd"/,
    ],
    ['a column that appears twice', `${header9},USD\n`, null, /"usd" appears twice/],
    ['a third decimal', `${header9}\n${row9('$3.11')}\n${row9('$3.111')}\n`, 2, /USD/],
    ['what is no amount', `${header9}\n${row9('free')}\n`, 1, /USD.*free/],
    ['an empty amount', `${header9}\n${row9('')}\n`, 1, /USD/],
    [
      'an amount in another notation',
      `${header9}\n${row9('"1.234,56"')}\n`,
      1,
      /USD is not a dollar amount.*1\.234,56/,
    ],
    [
      'an amount in another currency',
      `${header9}\n${row9('€5.00')}\n`,
      1,
      /USD is not a dollar amount.*€5\.00/,
    ],
    ['an amount in brackets', `${header9}\n${row9('($5.00)')}\n`, 1, /USD is not a dollar amount/],
    [
      'a row without an end',
      `${header9}\n${row9('$1.00')}\n${row9('$1.00', 'x'.repeat(40_000))}\n`,
      2,
      /record/i,
    ],
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

  const hours: readonly (readonly [given: string, read: string | null])[] = [
    ['672', '672'],
    ['1.50', '1.50'],
    ['0.016666666666666666', '0.016666666666666666'],
    ['2.7e-04', '0.00027'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['7e2', '700'],
    ['"1,344"', '1344'],
    ['"1,234,567.25"', '1234567.25'],
    ['-12', '-12'],
    ['+3', '3'],
    [' 8 ', '8'],
    ['-.5', '-0.5'],
    ['1E3', '1000'],
    ['', null],
    ['"1,34"', null],
    ['"1.344,5"', null],
    ['n/a', null],
    ['672h', null],
    ['1e999', null],
    ['NaN', null],
    ['Infinity', null],
    ['.', null],
    ['-', null],
    ['e5', null],
    ['0x10', null],
    ['٣', null],
    ['1_000', null],
    ['9'.repeat(61), null],
  ];
  for (const [given, read] of hours) {
    const shown = JSON.stringify(given.slice(0, 30));
    it(`reads the hours ${shown} as ${String(read)}, and refuses nothing over them`, () => {
      const { lines, warnings, warnings_count } = parseInvoiceCsv(
        `${header9}\nDroplets,,web,${given},${times},$1.00,,\n`,
      );
      expect(lines[0]).to.include({ hours: read, amount_cents: 100 });
      const value = given.replaceAll('"', '').trim();
      expect(warnings).to.deep.equal(
        read === null && value !== '' ? [{ row: 1, column: 'hours', value }] : [],
      );
      expect(warnings_count).to.equal(warnings.length);
    });
  }

  const ends: readonly (readonly [given: string, read: string | null])[] = [
    ['2026-04-12 08:26:21 +0000', '2026-04-12T08:26:21Z'],
    ['2026-04-12 08:26:21.532 +0000', '2026-04-12T08:26:21.532Z'],
    ['2026-04-12T08:26:21.53Z', '2026-04-12T08:26:21.53Z'],
    ['2026-04-12 08:26:21.500000 UTC', '2026-04-12T08:26:21.5Z'],
    ['2026-04-12 08:26:21.123456789 +0130', '2026-04-12T06:56:21.123456789Z'],
    ['2026-04-12 08:26:21.000 +0000', '2026-04-12T08:26:21Z'],
    ['', null],
    ['2026-04-12', null],
    ['12/04/2026', null],
    ['"Apr 12, 2026"', null],
    ['2026-04-12 08:26:21', null],
    ['2026-02-30 00:00:00 +0000', null],
    ['2026-04-12 24:00:00 +0000', null],
    ['2026-04-12 08:26:21 +9900', null],
    ['0000-01-01 00:00:00 +0000', null],
    ['1776000000', null],
    ['soon', null],
  ];
  for (const [given, read] of ends) {
    it(`reads the end ${JSON.stringify(given)} as ${String(read)}, and refuses nothing over it`, () => {
      const { lines, warnings } = parseInvoiceCsv(
        `${header9}\nDroplets,,web,1,2026-04-01 00:00:00 +0000,${given},$1.00,,\n`,
      );
      expect(lines[0]).to.include({ started_at: '2026-04-01T00:00:00Z', ended_at: read, amount_cents: 100 });
      expect(warnings).to.deep.equal(
        read === null && given !== '' ? [{ row: 1, column: 'end', value: given.replaceAll('"', '') }] : [],
      );
    });
  }

  it('reads a credit without dates, and a file without the columns that no amount depends on', () => {
    const credit = parseInvoiceCsv(`${header9}\nCredits,,DigitalOcean Credit Applied,,,,-$21.04,,\n`);
    expect(credit.lines[0]).to.include({
      hours: null,
      started_at: null,
      ended_at: null,
      amount_cents: -2104,
    });
    expect(credit.warnings).to.deep.equal([]);
    const bare = parseInvoiceCsv('product,description,USD,sku,sku\nDroplets,web,$1.00,a,b\n');
    expect(bare.lines[0]).to.include({ hours: null, started_at: null, ended_at: null, amount_cents: 100 });
    expect(bare.warnings).to.deep.equal([
      { row: 0, column: 'start', value: 'missing' },
      { row: 0, column: 'end', value: 'missing' },
    ]);
    const twice = parseInvoiceCsv(`${header9},hours,Category\n${row9('$1.00')},1,paas\n`);
    expect(twice.lines[0]).to.include({ hours: null, category: null, amount_cents: 100 });
    expect(twice.warnings).to.deep.equal([
      { row: 0, column: 'hours', value: 'appears twice' },
      { row: 0, column: 'category', value: 'appears twice' },
    ]);
  });

  it('keeps the first twenty warnings, short and clean, and counts all', () => {
    const rows = Array.from(
      { length: 50 },
      (_, index) =>
        `Droplets,,web,\u001b[31m${'x'.repeat(200)}${String(index)},soon,` +
        `${times.split(',')[1] ?? ''},$1.00,,`,
    );
    const { lines, warnings, warnings_count } = parseInvoiceCsv(`${header9}\n${rows.join('\n')}\n`);
    expect(lines).to.have.length(50);
    expect(warnings).to.have.length(20);
    expect(warnings_count).to.equal(100);
    expect(warnings[0]?.value)
      .to.have.length(100)
      .and.to.match(/^\[31mxx/);
    expect(warnings[1]).to.deep.equal({ row: 1, column: 'start', value: 'soon' });
  });

  it('reads every line end, mixed ones too, and takes empty rows for none', () => {
    const mixed = `${header9}\r\n${row9('$1.00')}\n${row9('$2.00')}\r${row9('$3.00')}\r\n\r\n,,,,,,,,\n   \n`;
    expect(parseInvoiceCsv(mixed).lines.map((line) => line.amount_cents)).to.deep.equal([100, 200, 300]);
  });

  it('property: a file reads the same wherever its blocks end', () => {
    const description = fc
      .array(fc.constantFrom('web', '"', ',', '\n', '\r\n', '\r', ' ', 'é', '😀', 'x'.repeat(3_000)), {
        maxLength: 12,
      })
      .map((parts) => parts.join(''));
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(description, { minLength: 50, maxLength: 200 }),
        fc.constantFrom('\n', '\r\n'),
        (texts, eol) => {
          const { lines } = parseInvoiceCsv(
            [header9, ...texts.map((text) => row9('$1.00', quoted(text)))].join(eol) + eol,
          );
          expect(lines.map((line) => line.description)).to.deep.equal(texts.map((text) => text.trim()));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('lets others have their turn while it reads a large file', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => row9('$0.01', `web-${String(index)}`));
    const text = `${header9}\n${rows.join('\n')}\n`;
    let turns = 0;
    const count = setInterval(() => {
      turns += 1;
    }, 1);
    try {
      expect((await readInvoiceCsv(text)).lines).to.have.length(100_000);
    } finally {
      clearInterval(count);
    }
    expect(turns).to.be.above(10);
  });

  it('names the row wherever it stands in a large file, and refuses more rows than it holds', async () => {
    const rows = Array.from({ length: 20_000 }, () => row9('$0.01'));
    expect(refusal(`${header9}\n${rows.join('\n')}\n${row9('$0.0x')}\n`).row).to.equal(20_001);
    expect(refusal(`${header9}\n${rows.join('\n')}\nDroplets,,"web`).row).to.equal(20_001);
    expect(refusal(`product,description,usd\n${'a,,0\n'.repeat(1_000_001)}`).reason).to.contain(
      'more than 1000000 rows',
    );
  });

  it('refuses a file that was cut anywhere but in its last, free text', () => {
    const text =
      `${header9.replace(',category', '')}\n${row9('$1.00').replace(',iaas', '')}\n` +
      `Droplets,,db (s-1vcpu-1gb),672,${times},$13.27,`;
    const lastRow = text.lastIndexOf('\n') + 1;
    for (let cut = lastRow + 1; cut < text.length; cut += 1) {
      expect(refusal(text.slice(0, cut)).row, text.slice(lastRow, cut)).to.equal(2);
    }
  });

  it('refuses a cut in an amount that stands last', () => {
    const header = 'product,group_description,description,hours,start,end,USD';
    const text = `${header}\nDroplets,,web,672,${times},$13.27`;
    expect(parseInvoiceCsv(text).lines[0]?.amount_cents).to.equal(1327);
    expect(refusal(text.slice(0, -1)).reason).to.match(/cut off/);
    expect(refusal(text.slice(0, -3)).reason).to.match(/cut off/);
  });

  it('reads 100,000 rows', () => {
    const rows = Array.from({ length: 100_000 }, (_, index) =>
      row9('$0.01', `web-${String(index)} (s-1vcpu-1gb)`),
    );
    const lines = parse(header9, ...rows);
    expect(lines).to.have.length(100_000);
    expect(lines.at(-1)).to.include({
      line_no: 100_000,
      description: 'web-99999 (s-1vcpu-1gb)',
      amount_cents: 1,
    });
  });
});
