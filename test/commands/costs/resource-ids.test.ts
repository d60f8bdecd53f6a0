import { expect } from 'chai';
import { costLineSteps } from '../../../commands/costs/cost-lines.ts';
import type { InvoiceItem } from '../../../src/digitalocean/billing-api.ts';
import { parseInvoiceCsv } from '../../support/digitalocean/parse-invoice-csv.ts';
import { invoiceCsv, type InvoiceCsvRow } from '../../../simulators/digitalocean/index.ts';
import { atOnce } from '../../../src/runtime/in-turns.ts';

const uuid = '5b1c8f1e-0000-4000-8000-00000000000a';
const item = (changes: Partial<InvoiceItem>): InvoiceItem => ({
  product: 'Droplets',
  description: 'web (s)',
  group_description: null,
  amount_cents: 100,
  started_at: '2026-04-01T00:00:00Z',
  ended_at: '2026-05-01T00:00:00Z',
  resource_id: null,
  resource_uuid: null,
  project_name: null,
  category: null,
  ...changes,
});
const row = (description: string, usd = '$1.00', changes: Partial<InvoiceCsvRow> = {}): InvoiceCsvRow => ({
  product: 'Droplets',
  description,
  usd,
  ...changes,
});
const ids = (rows: InvoiceCsvRow[], items: InvoiceItem[] | null) =>
  atOnce(costLineSteps(parseInvoiceCsv(invoiceCsv(rows)).lines, items)).map(
    (line) => line.provider_resource_id,
  );

describe('resource ids from the JSON form', () => {
  it('joins by content, in whatever order the forms come', () => {
    expect(
      ids(
        [row('a (s)'), row('b (s)')],
        [item({ description: 'b (s)', resource_id: '2' }), item({ description: 'a (s)', resource_id: '1' })],
      ),
    ).to.deep.equal(['1', '2']);
  });

  it('joins lines of equal content in order', () => {
    expect(
      ids(
        [row('a (s)'), row('a (s)')],
        [item({ description: 'a (s)', resource_id: '1' }), item({ description: 'a (s)', resource_id: '2' })],
      ),
    ).to.deep.equal(['1', '2']);
  });

  it('distinguishes lines by amount and time', () => {
    const later = { start: '2026-04-11 00:00:00 +0000' };
    const items = [
      item({ started_at: '2026-04-11T00:00:00Z', resource_id: '2' }),
      item({ amount_cents: 200, resource_id: '3' }),
      item({ resource_id: '1' }),
    ];
    expect(
      ids([row('web (s)'), row('web (s)', '$1.00', later), row('web (s)', '$2.00')], items),
    ).to.deep.equal(['1', '2', '3']);
  });

  it('joins in spite of times that differ, unless that would be a guess', () => {
    const other = { ended_at: '2026-04-30T23:59:59Z' };
    expect(ids([row('web (s)')], [item({ ...other, resource_id: '1' })])).to.deep.equal(['1']);
    expect(
      ids(
        [row('web (s)')],
        [item({ ...other, resource_id: '1' }), item({ started_at: null, resource_id: '2' })],
      ),
    ).to.deep.equal([null]);
  });

  it('goes without: no JSON form, no such item, no id in it', () => {
    expect(ids([row('web (s)')], null)).to.deep.equal([null]);
    expect(ids([row('web (s)')], [item({ description: 'else', resource_id: '1' })])).to.deep.equal([null]);
    expect(
      ids([row('web (s)'), row('x (s)')], [item({}), item({ description: 'x (s)', resource_id: '0' })]),
    ).to.deep.equal([null, null]);
  });

  it('takes the id of the form that ids of the kind have', () => {
    expect(ids([row('web (s)')], [item({ resource_id: '1', resource_uuid: uuid })])).to.deep.equal(['1']);
    expect(
      ids(
        [row('vol (sfo2) 100GB', '$1.00', { product: 'Volumes' })],
        [
          item({
            product: 'Volumes',
            description: 'vol (sfo2) 100GB',
            resource_id: '1',
            resource_uuid: uuid,
          }),
        ],
      ),
    ).to.deep.equal([uuid]);
  });
});
