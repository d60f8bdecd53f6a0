import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('projections over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(async () => {
    await ledger.close();
  });

  it('show how far each read model has come', async () => {
    await ok(ledger.api.post('catalog/plans', { code: 'solo', name: 'Solo' }), 201);
    await ledger.settled();
    const { data, next_cursor } = await ok(ledger.api.get('projections'));
    expect(next_cursor).to.equal(null);
    expect(data.map((row: Json) => row.name)).to.deep.equal(projections.map(({ name }) => name).sort());
    for (const row of data)
      expect(row).to.include({ status: 'live', checkpoint: 1, head: 1, lag: 0, error: null });
  });

  it('name the event that parked one', async () => {
    const error = { position: 1, type: 'PlanCreated', message: 'it could not be applied' };
    await ledger.sql`update projection_checkpoints
      set status = 'parked', position = 0, error = ${ledger.sql.json(error)} where name = 'catalog'`;
    const { data } = await ok(ledger.api.get('projections'));
    expect(data.find((row: Json) => row.name === 'catalog')).to.deep.include({
      status: 'parked',
      checkpoint: 0,
      lag: 1,
      error,
    });
  });

  it('come in pages', async () => {
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Json = await ok(
        ledger.api.get(`projections?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`),
      );
      names.push(...page.data.map((row: Json) => row.name));
      cursor = page.next_cursor;
    }
    expect(names).to.deep.equal(projections.map(({ name }) => name).sort());
  });
});
