import { expect } from 'chai';
import { planStream } from '../../commands/catalog/plan.ts';
import { customerStream } from '../../commands/parties/customer.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { customerBody } from '../support/parties/party-bodies.ts';

const codes = ['a', 'b', 'c', 'd'];

describe('the journal from its end, and one event of it', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ postgresLog: true });
    for (const code of codes) {
      await ok(ledger.api.post('catalog/plans', { code, name: `Plan ${code}` }), 201);
      await ok(ledger.api.post(`catalog/plans/${code}/versions`, { base_price_cents: 100, items: [] }), 201);
    }
  });
  after(async () => {
    await ledger.close();
  });

  const positions = async (query: string): Promise<number[]> =>
    (await ok(ledger.api.get(`events?${query}`))).data.map((row: Json) => row.position);

  it('shows the newest events first, under every filter', async () => {
    expect(await positions('order=newest')).to.deep.equal([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await positions('order=newest&type=PlanCreated')).to.deep.equal([7, 5, 3, 1]);
    expect(await positions(`order=newest&stream=${planStream('b')}`)).to.deep.equal([4, 3]);
    expect(await positions('order=newest&limit=3')).to.deep.equal([8, 7, 6]);
  });

  it('shows events between two positions, which are left out', async () => {
    expect(await positions('after=2&before=6')).to.deep.equal([3, 4, 5]);
    expect(await positions('order=newest&after=2&before=6')).to.deep.equal([5, 4, 3]);
    expect(await positions('before=1')).to.deep.equal([]);
    expect(await positions('order=newest&after=8')).to.deep.equal([]);
    expect(await positions('order=newest&type=PlanCreated&before=5')).to.deep.equal([3, 1]);
  });

  it('pages from the end without gaps or duplicates', async () => {
    for (const filter of ['', 'type=PlanCreated&', 'after=2&before=8&', `stream=${planStream('c')}&`]) {
      const all = await positions(`${filter}order=newest`);
      const seen: number[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const page: Json = await ok(ledger.api.get(`events?${filter}order=newest&limit=1${at}`));
        seen.push(...page.data.map((row: Json) => row.position));
        cursor = page.next_cursor;
      }
      expect(seen, filter).to.deep.equal(all);
    }
  });

  it('has no other order, and no end, as an export', async () => {
    await problem(ledger.api.get('events?format=ndjson&order=newest'), 422, 'order');
    await problem(ledger.api.get('events?format=ndjson&before=4'), 422, 'before');
    await problem(ledger.api.get('events?order=upwards'), 422, 'order');
    await problem(ledger.api.get('events?before=0'), 422, 'before');
  });

  it('shows one event with its neighbours in its stream', async () => {
    const [, second] = (await ok(ledger.api.get('events'))).data;
    const { data } = await ok(ledger.api.get('events/2'));
    expect(data).to.deep.equal({ ...second, previous_position: 1, next_position: null, personal: [] });
    expect((await ok(ledger.api.get('events/1'))).data).to.include({
      previous_position: null,
      next_position: 2,
    });
    await problem(ledger.api.get('events/900'), 404);
    await problem(ledger.api.get('events/zero'), 422, 'position');
    await problem(ledger.api.get('events/1', { token: tenantToken('acme') }), 403);
  });

  it('names the personal fields of an event, and when they were erased', async () => {
    await ok(ledger.api.put('customers/acme', customerBody));
    await ledger.settled();
    const [row] = (await ok(ledger.api.get(`events?stream=${customerStream('acme')}`))).data;
    const one = async (): Promise<Json> => (await ok(ledger.api.get(`events/${row.position}`))).data;
    const fields = Object.entries(row.data as Record<string, unknown>)
      .filter(([, value]) => typeof value === 'string' && value.startsWith('sealed:'))
      .map(([field]) => ({ field, erased_at: null }));
    expect(fields).to.not.deep.equal([]);
    expect((await one()).personal).to.deep.equal(fields);
    await ok(ledger.api.post('customers/acme/erase', { confirm: 'acme' }));
    await ledger.settled();
    const erased_at = ledger.clock.now();
    expect((await one()).personal).to.deep.equal(fields.map(({ field }) => ({ field, erased_at })));
    expect((await one()).data).to.deep.equal(row.data);
  });
});
