import { expect } from 'chai';
import { ok, problem, type Json } from '../support/http/api.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';

describe('effective dates over HTTP', () => {
  let test: TestLedger;
  const acme = { token: tenantToken('acme') };
  const create = async (tenant_id: string, slug: string, more: Json = {}): Promise<string> =>
    (await ok(test.api.post('deployments', { tenant_id, slug, display_name: slug, ...more }), 201)).data.id;
  const rollUp = async (tenant: string): Promise<Json> => {
    const { data } = await ok(test.api.post('invoices/rollup', { period: '2026-04' }));
    return data.invoices.find(({ tenant_id }: Json) => tenant_id === tenant);
  };
  before(async () => {
    test = await seededLedger({ now: '2026-04-01T08:00:00.000Z' });
  });
  after(() => test.close());

  it('name the field of a day that is out of bounds, on each route, and change nothing', async () => {
    const id = await subscribed(test, 'acme', 'site', { addons: ['storage_50gb'] });
    test.clock.set('2026-04-20T08:00:00.000Z');
    const fresh = await create('acme', 'fresh');
    const path = `deployments/${id}`;
    const sent = (effective_on: string, request: { token?: string }) => [
      test.api.post(`${path}/transition`, { to: 'paused', effective_on }, request),
      test.api.post(`${path}/change-plan`, { plan_code: 'pro', effective_on }, request),
      test.api.post(`${path}/addons`, { code: 'storage_50gb', effective_on }, request),
      test.api.delete(`${path}/addons/storage_50gb?effective_on=${effective_on}`, request),
      test.api.patch(path, { llm_mode: 'charges', effective_on }, request),
      test.api.post(`deployments/${fresh}/subscribe`, { plan_code: 'studio', effective_on }, request),
    ];
    const events = await test.eventCount();
    for (const day of ['2026-04-21', '2026-03-31', '2026-02-30'])
      for (const answer of sent(day, {})) await problem(answer, 422, 'effective_on');
    for (const answer of sent('2026-04-21', acme)) await problem(answer, 422, 'effective_on');
    for (const answer of sent('2026-04-19', acme)) await problem(answer, 403);
    for (const answer of sent('2026-04-19', { token: tenantToken('other') })) await problem(answer, 404);
    await problem(
      test.api.patch(path, { display_name: 'New', effective_on: '2026-04-20' }),
      422,
      'effective_on',
    );
    expect(await test.eventCount()).to.equal(events);
  });

  it('show the day from which a change counts', async () => {
    const id = await subscribed(test, 'acme', 'shown');
    const path = `deployments/${id}`;
    await ok(test.api.post(`${path}/addons`, { code: 'storage_50gb', effective_on: '2026-04-10' }), 201);
    await ok(test.api.post(`${path}/transition`, { to: 'paused', effective_on: '2026-04-15' }));
    const read = async (query = '') => (await ok(test.api.get(`${path}${query}`))).data;
    expect(await read()).to.include({
      ...{ state: 'paused', state_since: '2026-04-15', updated_at: '2026-04-20T08:00:00.000Z' },
    });
    expect((await read()).subscription.addons[0].attached_on).to.equal('2026-04-10');
    expect((await read('?as_of=2026-04-14')).state).to.equal('active');
    expect((await read('?as_of=2026-04-09')).subscription.addons).to.deep.equal([]);
    expect((await read('?as_of=2026-04-15')).subscription.status).to.equal('paused');
    expect((await read()).events.at(-1)).to.include({ effective_at: '2026-04-15' });
    const again = { to: 'paused', effective_on: '2026-04-15' };
    const events = await test.eventCount();
    await ok(test.api.post(`${path}/transition`, again));
    expect(await test.eventCount()).to.equal(events);
    const refusal = await problem(
      test.api.post(`${path}/transition`, { to: 'active', effective_on: '2026-04-14' }),
      409,
    );
    expect(refusal.later).to.deep.equal({ effective_on: '2026-04-15', from: 'active', to: 'paused' });
  });

  it('decide again how the reports of those days are billed', async () => {
    test.clock.set('2026-04-20T08:00:00.000Z');
    const id = await create('talker', 'llm', { llm_mode: 'allowance' });
    await ok(
      test.api.post(`deployments/${id}/subscribe`, { plan_code: 'studio', starts_on: '2026-04-01' }),
      201,
    );
    const report = { deployment_id: id, model: 'm', input_tokens: 1, output_tokens: 1, charge_cents: '250' };
    const reported = ['18', '19'].map((day) => ({
      ...{ ...report, gateway_request_id: `r${day}`, occurred_at: `2026-04-${day}T07:00:00.000Z` },
    }));
    await ok(test.api.post('integrations/llm-usage', { events: reported }, { token: serviceToken() }));
    const charged = async (): Promise<number> =>
      ((await ok(test.api.get('dashboard/accrual'))).data.subscriptions as Json[]).find(
        ({ deployment_id }) => deployment_id === id,
      ).llm_cents;
    expect(await charged()).to.equal(0);
    await ok(test.api.patch(`deployments/${id}`, { llm_mode: 'charges', effective_on: '2026-04-19' }));
    expect(await charged()).to.equal(250);
    await ok(test.api.patch(`deployments/${id}`, { display_name: 'Renamed' }));
    expect((await ok(test.api.get(`deployments/${id}?as_of=2026-04-18`))).data.llm_mode).to.equal(
      'allowance',
    );
    expect((await ok(test.api.get(`deployments/${id}?as_of=2026-04-19`))).data.llm_mode).to.equal('charges');
  });

  it('reach back into a month that others are invoiced for, and the next roll-up bills it', async () => {
    test.clock.set('2026-04-20T08:00:00.000Z');
    const trial = await create('late', 'trial', { state: 'trial' });
    await ok(
      test.api.post(`deployments/${trial}/subscribe`, { plan_code: 'studio', starts_on: '2026-04-01' }),
      201,
    );
    test.clock.set('2026-05-03T08:00:00.000Z');
    expect((await rollUp('acme')).status).to.equal('issued');
    expect(await rollUp('late')).to.equal(undefined);
    await ok(test.api.post(`deployments/${trial}/transition`, { to: 'active', effective_on: '2026-04-16' }));
    expect(await rollUp('late')).to.include({ status: 'issued', total_cents: 2750 });
    const blocked = await problem(
      test.api.post(`deployments/${trial}/transition`, { to: 'paused', effective_on: '2026-04-30' }),
      409,
    );
    expect(blocked.type).to.contain('period-invoiced');
    expect(blocked).to.include.keys('invoice_id', 'errors');
  });
});
