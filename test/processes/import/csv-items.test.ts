import { expect } from 'chai';
import { csvItems } from '../../../src/processes/import/csv-items.ts';

describe('a CSV file of customers', () => {
  it('is an item for each tenant, read past a BOM, CRLF and quotes, by the names of columns', () => {
    const text = [
      '\ufeffdeployment_slug,tenant_id,legal_name,addons',
      'shop,acme,"A, ""B""\r\nC",s:2:70:2025-01-01;t:1:0',
      'blog,acme,,',
      '',
    ].join('\r\n');
    const { items, errors, rows } = csvItems(text);
    expect([errors, rows]).to.deep.equal([[], 2]);
    expect(items).to.have.length(1);
    expect(items[0]).to.deep.include({ row: 1, deployment_rows: [1, 2] });
    expect(items[0]?.content).to.deep.equal({
      tenant_id: 'acme',
      legal_name: 'A, "B"\r\nC',
      address: { lines: [] },
      emails: { billing: [] },
      deployments: [
        {
          slug: 'shop',
          subscription: {
            addons: [
              { code: 's', packs: 2, price_cents: 70, since: '2025-01-01' },
              { code: 't', packs: 1, price_cents: 0 },
            ],
          },
        },
        { slug: 'blog' },
      ],
    });
  });

  it('names unknown, repeated and missing columns, and rows of another width or customer', () => {
    expect(csvItems('tenant,legal_name,legal_name\n').errors).to.deep.equal([
      { row: 0, path: 'tenant', message: 'unknown column' },
      { row: 0, path: 'legal_name', message: 'the column is there twice' },
      { row: 0, path: 'tenant_id', message: 'the column is missing' },
    ]);
    expect(csvItems('tenant_id,city\na,X\na,Y\nb\n').errors).to.deep.equal([
      { row: 3, path: '', message: 'expected 2 columns, found 1' },
      { row: 2, path: 'city', message: 'differs from row 1 of the same tenant' },
    ]);
    expect(csvItems('tenant_id\n"a').errors).to.deep.equal([
      { row: 0, path: '', message: 'the file is not CSV' },
    ]);
  });
});
