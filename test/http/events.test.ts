import { expect } from 'chai';
import { planStream } from '../../commands/catalog/plan.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import { adminToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const codes = ['a', 'b', 'c', 'd', 'e'];

describe('the journal over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ postgresLog: true });
    for (const code of codes) {
      await ok(
        ledger.api.post(
          'catalog/plans',
          { code, name: `Plan ${code}` },
          { headers: { 'X-Correlation-Id': `makes-${code}` } },
        ),
        201,
      );
      await ok(
        ledger.api.post(
          `catalog/plans/${code}/versions`,
          { base_price_cents: 100, items: [] },
          code === 'e' ? { token: adminToken('auditor') } : {},
        ),
        201,
      );
      ledger.clock.advance(24 * 3_600_000);
    }
  });
  after(async () => {
    await ledger.close();
  });

  const positions = async (query: string): Promise<number[]> =>
    (await ok(ledger.api.get(`events?${query}`))).data.map((row: Json) => row.position);

  it('shows events as recorded, in order', async () => {
    const { data, next_cursor } = await ok(ledger.api.get('events'));
    expect(data.map((row: Json) => row.position)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(next_cursor).to.equal(null);
    expect(data[0]).to.deep.include({ stream: planStream('a'), revision: 0, type: 'PlanCreated' });
    expect(data[0].data).to.deep.include({ plan_code: 'a', name: 'Plan a' });
    expect(data[0].metadata).to.deep.include({
      correlation_id: 'makes-a',
      actor: { sub: 'admin-1', tenant_id: 'platform-admin', roles: ['platform_admin'] },
    });
    expect(data[0]).to.have.all.keys('position', 'stream', 'revision', 'id', 'type', 'data', 'metadata');
  });

  it('filters by stream, by type, by both, and starts after a position', async () => {
    expect(await positions(`stream=${planStream('c')}`)).to.deep.equal([5, 6]);
    expect(await positions('type=PlanCreated')).to.deep.equal([1, 3, 5, 7, 9]);
    expect(await positions(`stream=${planStream('c')}&type=PlanCreated`)).to.deep.equal([5]);
    expect(await positions('after=8')).to.deep.equal([9, 10]);
    expect(await positions('type=PlanCreated&after=5')).to.deep.equal([7, 9]);
    expect(await positions('after=1000')).to.deep.equal([]);
    expect(await positions('stream=no-such-stream')).to.deep.equal([]);
  });

  it('filters by actor, by correlation id and by recording time', async () => {
    expect(await positions('correlation_id=makes-b')).to.deep.equal([3]);
    expect(await positions('correlation_id=makes')).to.deep.equal([]);
    expect(await positions('actor=auditor')).to.deep.equal([10]);
    expect(await positions('actor=admin-1&type=PlanVersionDrafted')).to.deep.equal([2, 4, 6, 8]);
    expect(await positions(`actor=auditor&stream=${planStream('e')}`)).to.deep.equal([10]);
    expect(await positions(`actor=auditor&stream=${planStream('d')}`)).to.deep.equal([]);
    expect(
      await positions('recorded_from=2026-05-10T15:05:00Z&recorded_to=2026-05-11T15:05:00.000Z'),
    ).to.deep.equal([3, 4, 5, 6]);
    expect(await positions('recorded_from=2026-05-12')).to.deep.equal([7, 8, 9, 10]);
    expect(await positions('recorded_to=2026-05-10')).to.deep.equal([1, 2, 3, 4]);
    expect(await positions('recorded_from=2026-05-11&recorded_to=2026-05-11&type=PlanCreated')).to.deep.equal(
      [5],
    );
    expect(await positions('recorded_from=2027-01-01')).to.deep.equal([]);
  });

  it('pages under every filter without gaps or duplicates', async () => {
    for (const [filter, expected] of [
      ['', 10],
      ['type=PlanCreated&', 5],
      ['after=3&', 7],
      [`stream=${planStream('b')}&`, 2],
      ['actor=admin-1&', 9],
      ['recorded_from=2026-05-11&after=5&', 5],
    ] as const) {
      const seen: number[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Json = await ok(
          ledger.api.get(`events?${filter}limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`),
        );
        seen.push(...page.data.map((row: Json) => row.position));
        cursor = page.next_cursor;
      }
      expect(seen, filter).to.have.length(expected);
      expect(seen, filter).to.deep.equal([...new Set(seen)].sort((a, b) => a - b));
    }
  });

  it('continues where a long scan stopped, not after the last event found', async () => {
    // Far positions stand in for a million events between: gaps change nothing for a scan by position.
    await ledger.sql`
      insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
      select 2500000, 'far', 0, gen_random_uuid(), 'PlanCreated', data, metadata, recorded_at from journal
        where position = 1`;
    const first = await ok(ledger.api.get('events?type=PlanCreated&after=9'));
    expect(first.data).to.deep.equal([]);
    expect(first.next_cursor).to.be.a('string');
    const second = await ok(ledger.api.get(`events?type=PlanCreated&after=9&cursor=${first.next_cursor}`));
    const third = await ok(ledger.api.get(`events?type=PlanCreated&after=9&cursor=${second.next_cursor}`));
    expect([
      second.data.length,
      third.data.map((row: Json) => row.position),
      third.next_cursor,
    ]).to.deep.equal([0, [2500000], null]);
  });

  it('refuses an invalid position', async () => {
    await problem(ledger.api.get('events?after=-1'), 422, 'after');
    await problem(ledger.api.get('events?after=x'), 422, 'after');
    await problem(ledger.api.get('events?cursor=abc'), 422, 'cursor');
  });

  it('refuses filters that make no sense, and proposes types for a mistyped one', async () => {
    await problem(ledger.api.get('events?recorded_from=yesterday'), 422, 'recorded_from');
    await problem(ledger.api.get('events?recorded_to=2026-02-30'), 422, 'recorded_to');
    await problem(
      ledger.api.get('events?recorded_from=2026-05-02&recorded_to=2026-05-01'),
      422,
      'recorded_to',
    );
    await problem(ledger.api.get('events?actor='), 422, 'actor');
    await problem(ledger.api.get('events?format=csv'), 422, 'format');
    const message = async (type: string): Promise<string> =>
      (await problem(ledger.api.get(`events?type=${type}`), 422, 'type')).errors[0].message;
    expect(await message('PlanCrated')).to.equal('no such event type; did you mean PlanCreated?');
    expect(await message('invoiceissued')).to.equal('no such event type; did you mean InvoiceIssued?');
    expect(await message('ResourceTide')).to.match(/did you mean ResourceTied/);
    expect(await message('Nonsense')).to.equal('no such event type');
  });
});
