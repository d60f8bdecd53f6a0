import { expect } from 'chai';
import { fxRateOn } from '../../projections/catalog/price-queries.ts';
import { ok, problem } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';

describe('exchange rates over HTTP', () => {
  let test: TestLedger;
  const rateOn = (day: string) =>
    test.ledger.readLatest((db) => fxRateOn(db, { from: 'USD', to: 'AUD', day }));
  before(async () => {
    test = await startTestLedger();
  });
  after(() => test.close());

  it('is 1 by default', async () => {
    expect(await rateOn('2026-04-30')).to.deep.equal({
      from: 'USD',
      to: 'AUD',
      rate: '1',
      source: 'default',
    });
  });

  it('applies from its day on; of two for one day, the later one applies', async () => {
    const set = (rate: string, effective_from: string) =>
      ok(test.api.post('fx-rates', { from: 'USD', to: 'AUD', rate, effective_from }), 201);
    expect((await set('1.500', '2026-04-01')).data).to.deep.equal({
      from: 'USD',
      to: 'AUD',
      rate: '1.5',
      effective_from: '2026-04-01',
    });
    await set('1.6', '2026-04-30');
    await set('1.55', '2026-04-30');
    const events = await test.eventCount();
    await set('1.550', '2026-04-30');
    expect(await test.eventCount()).to.equal(events);
    expect(
      (
        await ok(
          test.api.post('fx-rates', { from: 'USD', to: 'AUD', rate: 1.5, effective_from: '2026-04-01' }),
          201,
        )
      ).data.rate,
      'as a JSON number',
    ).to.equal('1.5');
    expect(await rateOn('2026-03-31')).to.include({ rate: '1', source: 'default' });
    expect(await rateOn('2026-04-29')).to.include({ rate: '1.5', source: 'fx_rate' });
    expect(await rateOn('2026-05-31')).to.include({ rate: '1.55' });
    const { data, next_cursor } = await ok(test.api.get('fx-rates?limit=2'));
    expect(data.map((row: { rate: string }) => row.rate)).to.deep.equal(['1.5', '1.6']);
    expect(
      (await ok(test.api.get(`fx-rates?cursor=${next_cursor}`))).data.map(
        (row: { rate: string }) => row.rate,
      ),
    ).to.deep.equal(['1.55']);
  });

  it('can be read as it was known at a position', async () => {
    const before = await test.eventCount();
    await ok(
      test.api.post('fx-rates', { from: 'USD', to: 'AUD', rate: '2', effective_from: '2026-04-30' }),
      201,
    );
    expect(
      (
        await test.ledger.readLatest((db) =>
          fxRateOn(db, { from: 'USD', to: 'AUD', day: '2026-04-30', atPosition: before }),
        )
      ).rate,
    ).to.equal('1.55');
  });

  it('refuses an invalid rate', async () => {
    const set = (changes: Record<string, unknown>) =>
      test.api.post('fx-rates', {
        from: 'USD',
        to: 'AUD',
        rate: '1.5',
        effective_from: '2026-04-01',
        ...changes,
      });
    await problem(set({ rate: '0.00' }), 422, 'rate');
    await problem(set({ rate: -1.5 }), 422, 'rate');
    await problem(set({ rate: 0.1 + 0.2 }), 422, 'rate');
    await problem(set({ rate: '-1' }), 422, 'rate');
    await problem(set({ rate: '1000000.1' }), 422, 'rate');
    await problem(set({ rate: '999999999999999' }), 422, 'rate');
    await problem(set({ from: 'usd' }), 422, 'from');
    await problem(set({ to: 'USD' }), 422, 'to');
    await problem(set({ effective_from: '1999-12-31' }), 422, 'effective_from');
  });

  it('is for admins only', async () => {
    const token = tenantToken('acme');
    await problem(test.api.get('fx-rates', { token }), 403);
    await problem(test.api.post('fx-rates', {}, { token }), 403);
  });
});
