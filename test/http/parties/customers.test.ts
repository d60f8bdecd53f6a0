import { expect } from 'chai';
import { ok, problem } from '../../support/http/api.ts';
import type { Json } from '../../support/http/api.ts';
import { serviceToken, tenantToken } from '../../support/http/tokens.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { customerBody } from '../../support/parties/party-bodies.ts';

describe('customers over HTTP', () => {
  let ledger: TestLedger;
  const put = (tenant: string, changes: Json = {}) =>
    ledger.api.put(`customers/${tenant}`, { ...customerBody, ...changes });
  const get = async (tenant: string, query = '') =>
    (await ok(ledger.api.get(`customers/${tenant}${query}`))).data;
  const erase = (tenant: string, confirm = tenant) =>
    ledger.api.post(`customers/${tenant}/erase`, { confirm });
  const stored = {
    ...customerBody,
    tenant_id: 'acme',
    tax_id: '83914571673',
    effective_from: '2026-05-09',
    erased_at: null,
  };
  const erased = {
    ...stored,
    legal_name: 'erased',
    trading_name: 'erased',
    tax_id: 'erased',
    address: { lines: ['erased'], city: 'erased', region: 'erased', postcode: 'erased', country: 'erased' },
    emails: { billing: ['erased'] },
    contact: 'erased',
    po_number: 'erased',
  };

  beforeEach(async () => {
    ledger = await startTestLedger();
  });

  afterEach(() => ledger.close());

  it('are set, shown to an admin and to their own tenant, and to no other', async () => {
    await problem(ledger.api.get('customers/acme'), 404);
    expect((await ok(put('acme'))).data).to.deep.equal(stored);
    expect(await get('acme')).to.deep.equal(stored);
    const own = await ok(ledger.api.get('customers/acme', { token: tenantToken('acme') }));
    expect(own.data).to.deep.equal(stored);
    await problem(ledger.api.get('customers/acme', { token: tenantToken('other') }), 404);
    await problem(ledger.api.get('customers/acme', { token: serviceToken() }), 403);
    for (const token of [tenantToken('acme'), serviceToken()]) {
      await problem(ledger.api.put('customers/acme', customerBody, { token }), 403);
      await problem(ledger.api.get('customers', { token }), 403);
      await problem(ledger.api.post('customers/acme/erase', { confirm: 'acme' }, { token }), 403);
    }
  });

  it('are the same event for the same profile, also with null for what was left out', async () => {
    const small = {
      legal_name: 'Acme',
      address: { lines: ['1 Street'], city: 'Wien', country: 'AT' },
      emails: { billing: ['a@acme.example'] },
    };
    const { data } = await ok(ledger.api.put('customers/small', small));
    expect(data).to.include({
      net_days: 14,
      trading_name: null,
      tax_id: null,
      locale: null,
      po_number: null,
    });
    const events = await ledger.eventCount();
    await ok(ledger.api.put('customers/small', small));
    await ok(ledger.api.put('customers/small', { ...small, contact: null, net_days: null, locale: null }));
    ledger.clock.set('2026-05-11T00:00:00.000Z');
    await ok(ledger.api.put('customers/small', { ...small, net_days: 14, effective_from: null }));
    expect(await ledger.eventCount()).to.equal(events);
    await ok(ledger.api.put('customers/small', { ...small, net_days: 0 }));
    expect(await ledger.eventCount()).to.equal(events + 1);
    expect((await get('small')).effective_from).to.equal('2026-05-11');
  });

  it('are listed by tenant with the profile in force, page by page', async () => {
    for (const tenant of ['c', 'a', 'b']) await ok(put(tenant, { legal_name: `Firm ${tenant}` }));
    await ok(put('b', { legal_name: 'Later', effective_from: '2026-06-01' }));
    await ok(put('d', { legal_name: 'Only later', effective_from: '2026-06-01' }));
    const first = await ok(ledger.api.get('customers?limit=3'));
    expect(first.data.map((row: Json) => row.legal_name)).to.deep.equal(['Firm a', 'Firm b', 'Firm c']);
    const second = await ok(ledger.api.get(`customers?limit=3&cursor=${first.next_cursor}`));
    expect(second.data.map((row: Json) => row.legal_name)).to.deep.equal(['Only later']);
    expect(second.next_cursor).to.equal(null);
  });

  it('are shown as they were', async () => {
    await ok(put('acme', { legal_name: 'First' }));
    ledger.clock.set('2026-06-01T10:00:00.000Z');
    await ok(put('acme', { legal_name: 'Second' }));
    ledger.clock.set('2026-07-01T10:00:00.000Z');
    await ok(put('acme', { legal_name: 'Backdated', effective_from: '2026-06-15' }));
    expect((await get('acme', '?as_of=2026-05-20')).legal_name).to.equal('First');
    expect((await get('acme', '?as_of=2026-06-10')).legal_name).to.equal('Second');
    expect((await get('acme', '?as_of=2026-06-20')).legal_name).to.equal('Backdated');
    expect((await get('acme', '?as_of=2026-06-20&known_at=2026-06-25')).legal_name).to.equal('Second');
    await problem(ledger.api.get('customers/acme?as_of=2026-01-01'), 404);
    await problem(ledger.api.get('customers/acme?as_of=2026-06-10', { token: tenantToken('other') }), 404);
  });

  it('are refused with the path of each field at fault', async () => {
    const address = (changes: Json) => put('acme', { address: { ...customerBody.address, ...changes } });
    await problem(put('acme', { legal_name: undefined }), 422, 'legal_name');
    await problem(put('acme', { trading_name: 'x'.repeat(501) }), 422, 'trading_name');
    await problem(put('acme', { tax_id: '83 914 571 674' }), 422, 'tax_id');
    await problem(put('acme', { tax_id: 'ABC' }), 422, 'tax_id');
    await problem(address({ country: 'UK' }), 422, 'address.country');
    await problem(put('acme', { emails: { billing: ['a@b.example', 'a@'] } }), 422, 'emails.billing.1');
    await problem(put('acme', { emails: { billing: [] } }), 422, 'emails.billing');
    await problem(put('acme', { emails: {} }), 422, 'emails.billing');
    for (const net_days of [-1, 366, 1.5, '14']) await problem(put('acme', { net_days }), 422, 'net_days');
    await problem(put('acme', { locale: 'not a locale' }), 422, 'locale');
    await problem(put('acme', { effective_from: '1999-12-31' }), 422, 'effective_from');
    await problem(put('acme', { tenant_id: 'acme' }), 422, 'tenant_id');
    expect(
      (await ok(put('acme', { tax_id: 'ATU 1234', address: { ...customerBody.address, country: 'AT' } })))
        .data.tax_id,
    ).to.equal('ATU 1234');
    expect((await ok(put('acme', { locale: 'de-at' }))).data.locale).to.equal('de-AT');
  });

  it('are erased: each field reads so, until a new profile is set under a new key', async () => {
    await ok(put('acme'));
    await ok(put('acme', { legal_name: 'Future', effective_from: '2026-08-01' }));
    await ok(put('kept'));
    await problem(erase('acme', 'Acme'), 422, 'confirm');
    await problem(erase('unknown'), 404);
    const { data } = await ok(erase('acme'));
    expect(data).to.include({ tenant_id: 'acme' });
    expect(data.key_ids).to.have.length(1);
    const events = await ledger.eventCount();
    expect((await ok(erase('acme'))).data).to.deep.equal(data);
    expect(await ledger.eventCount()).to.equal(events);

    const erasedNow = { ...erased, erased_at: '2026-05-09T15:05:00.000Z' };
    expect(await get('acme')).to.deep.equal(erasedNow);
    expect(await get('acme', '?as_of=2026-05-09')).to.deep.equal(erasedNow);
    const listed = (await ok(ledger.api.get('customers'))).data;
    expect(listed[0]).to.deep.equal(erasedNow);
    expect(listed[1].legal_name).to.equal(customerBody.legal_name);

    expect((await ok(put('acme'))).data).to.deep.equal(stored);
    expect(await get('acme')).to.deep.equal(stored);
    ledger.clock.set('2026-08-02T00:00:00.000Z');
    expect(await get('acme')).to.deep.equal(stored);
    const again = (await ok(erase('acme'))).data;
    expect(again.key_ids).to.not.deep.equal(data.key_ids);
    expect((await get('acme')).legal_name).to.equal('erased');
  });

  it('keep no field in the answer that an Idempotency-Key repeats', async () => {
    await ok(put('acme'));
    const headers = { 'idempotency-key': 'erase-1' };
    const request = () => ledger.api.post('customers/acme/erase', { confirm: 'acme' }, { headers });
    const first = await ok(request());
    expect(await ok(request())).to.deep.equal(first);
    await problem(ledger.api.post('customers/acme/erase', { confirm: 'other' }, { headers }), 409);
  });
});
