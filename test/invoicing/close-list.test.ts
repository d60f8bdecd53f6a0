import { expect } from 'chai';
import { closeList } from '../../src/invoicing/close-list.ts';
import type { CloseItem, CloseItemName, CloseScope } from '../../src/invoicing/close/close-item.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

describe('the close list', () => {
  let ledger: TestLedger;
  const scope: CloseScope = {
    period: '2026-04-01',
    today: '2026-05-02',
    begins: null,
    currency: 'AUD',
    seedTax: { name: 'GST', rate: '0.10' },
    hasProvider: false,
    financeAr: false,
    deadRuns: [],
  };
  const listOf = async (change: Partial<CloseScope> = {}): Promise<Map<CloseItemName, CloseItem>> => {
    await ledger.settled();
    const items = await ledger.ledger.read((db) => closeList(db, { ...scope, ...change }));
    return new Map(items.map((item) => [item.item, item]));
  };

  before(async () => {
    ledger = await startTestLedger();
  });
  after(() => ledger.close());

  it('misses a seller alone in a ledger with nothing in it', async () => {
    const items = await listOf();
    expect([...items.values()].filter(({ status }) => status !== 'ok')).to.have.length(1);
    expect(items.get('seller')).to.include({ status: 'blocks', count: 1, link: '/api/v1/seller' });
  });
});
