import { expect } from 'chai';
import { ok, problem, type Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';

const meter = { token: serviceToken() };

describe('reported usage over HTTP', () => {
  let ledger: TestLedger;
  let deployment: string;

  before(async () => {
    ledger = await startTestLedger();
    const created = ledger.api.post('deployments', { tenant_id: 'acme', slug: 'site', display_name: 'Site' });
    deployment = (await ok(created, 201)).data.id;
  });
  after(async () => {
    await ledger.close();
  });

  const report = (external_id: string, changes: Json = {}): Json => ({
    source: 'cdn',
    external_id,
    deployment_id: deployment,
    resource_kind: 'bandwidth_gb',
    qty: '1.5',
    day: '2026-04-03',
    ...changes,
  });
  const send = (...events: Json[]) => ledger.api.post('usage', { events }, meter);
  const outcomes = (answer: Json): [string, string | null][] =>
    answer.data.map((item: Json) => [item.status, item.reason]);
  const usage = async (period: string) =>
    ok(ledger.api.get(`usage?deployment_id=${deployment}&period=${period}`));

  it('records each report once, item by item in their order', async () => {
    const first = await ok(send(report('1')));
    expect(first).to.deep.equal({
      data: [{ source: 'cdn', external_id: '1', status: 'recorded', reason: null }],
    });
    const answer = await ok(
      send(
        report('2', { qty: 0.25 }),
        report('1', { qty: '1.50' }),
        report('1', { source: 'proxy' }),
        report('1', { qty: '2' }),
        report('3', { deployment_id: 'unknown' }),
        report('4', { resource_kind: 'droplet_hours' }),
      ),
    );
    expect(answer.data.map((item: Json) => [item.source, item.external_id])).to.deep.equal([
      ['cdn', '2'],
      ['cdn', '1'],
      ['proxy', '1'],
      ['cdn', '1'],
      ['cdn', '3'],
      ['cdn', '4'],
    ]);
    expect(outcomes(answer)).to.deep.equal([
      ['recorded', null],
      ['duplicate', null],
      ['recorded', null],
      ['rejected', 'id-reused'],
      ['rejected', 'unknown-deployment'],
      ['rejected', 'metered-kind'],
    ]);
    expect((await usage('2026-04')).summary).to.deep.equal({ bandwidth_gb: '3.25' });
  });

  it('refuses every kind that the sweep meters', async () => {
    const kinds = ['droplet_hours', 'spaces_gb_month', 'snapshot_gb_month', 'backup_gb_month', 'dns_zones'];
    const answer = await ok(
      send(...kinds.map((resource_kind) => report(`kind-${resource_kind}`, { resource_kind }))),
    );
    expect(new Set(answer.data.map((item: Json) => item.reason))).to.deep.equal(new Set(['metered-kind']));
    expect(
      outcomes(await ok(send(report('own', { resource_kind: 'gpu_minutes', day: '2026-03-31' })))),
    ).to.deep.equal([['recorded', null]]);
  });

  it('takes days from 400 back to today, and tomorrow from five minutes before', async () => {
    const dated = async (day: string) =>
      outcomes(await ok(send(report(`day-${day}`, { resource_kind: 'dated', day }))))[0];
    expect(ledger.clock.now()).to.equal('2026-05-09T15:05:00.000Z');
    expect(await dated('2025-04-04')).to.deep.equal(['recorded', null]);
    expect(await dated('2025-04-03')).to.deep.equal(['rejected', 'too-old']);
    expect(await dated('2000-01-01')).to.deep.equal(['rejected', 'too-old']);
    expect(await dated('2026-05-09')).to.deep.equal(['recorded', null]);
    expect(await dated('2026-05-10')).to.deep.equal(['rejected', 'in-the-future']);
    expect(await dated('2099-12-31')).to.deep.equal(['rejected', 'in-the-future']);
    ledger.clock.set('2026-05-09T23:55:00.000Z');
    expect(await dated('2026-05-10')).to.deep.equal(['recorded', null]);
    ledger.clock.set('2026-05-09T15:05:00.000Z');
  });

  it('knows a report without limit of time, also when its day has become too old', async () => {
    const old = report('old', { resource_kind: 'dated', day: '2025-05-01' });
    expect(outcomes(await ok(send(old)))).to.deep.equal([['recorded', null]]);
    ledger.clock.set('2027-01-01T00:00:00.000Z');
    expect(
      outcomes(await ok(send(old, { ...old, qty: '9' }, { ...old, external_id: 'older' }))),
    ).to.deep.equal([
      ['duplicate', null],
      ['rejected', 'id-reused'],
      ['rejected', 'too-old'],
    ]);
    ledger.clock.set('2026-05-09T15:05:00.000Z');
  });

  it('takes a report back once, and its name stays used', async () => {
    const name = 'a/b?c#d %';
    const path = `usage/cdn/${encodeURIComponent(name)}/void`;
    await problem(ledger.api.post(path, { reason: 'twice' }, meter), 404);
    await ok(
      send(
        report(name, { resource_kind: 'void_me', qty: '7', day: '2026-02-01' }),
        report('stays', { resource_kind: 'void_me', day: '2026-02-01' }),
      ),
    );
    expect((await usage('2026-02')).summary).to.deep.equal({ void_me: '8.50' });
    const expected = {
      data: {
        source: 'cdn',
        external_id: name,
        deployment_id: deployment,
        resource_kind: 'void_me',
        qty: '7',
        day: '2026-02-01',
        void_reason: 'twice',
      },
    };
    expect(await ok(ledger.api.post(path, { reason: 'twice' }, meter))).to.deep.equal(expected);
    const events = await ledger.eventCount();
    expect(await ok(ledger.api.post(path, { reason: 'another' }))).to.deep.equal(expected);
    expect(await ledger.eventCount()).to.equal(events);
    const after = await usage('2026-02');
    expect(after.summary).to.deep.equal({ void_me: '1.50' });
    expect(after.data.map((row: Json) => row.external_id)).to.deep.equal(['stays']);
    const again = report(name, { resource_kind: 'void_me', qty: '7.0', day: '2026-02-01' });
    expect(outcomes(await ok(send(again, { ...again, qty: '1' })))).to.deep.equal([
      ['duplicate', 'voided'],
      ['rejected', 'id-reused'],
    ]);
    expect((await usage('2026-02')).summary).to.deep.equal({ void_me: '1.50' });
  });

  it('shows reports as records among the metered ones, page by page', async () => {
    const observations = ['r-1', 'r-2'].map((resource_id) => ({
      resource_id,
      resource_kind: 'droplet_hours',
      granularity: 'day' as const,
      hour: null,
      qty: '24',
    }));
    const { commands } = await import('../../src/processes/commands.ts');
    for (const day of ['2026-01-01', '2026-01-03']) {
      await ledger.ledger.execute(
        commands.meterDeploymentDay,
        { deployment_id: deployment, tenant_id: 'acme', day, observations },
        ledger.meta(),
      );
    }
    await ok(send(...['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => report(`jan-${day}`, { day }))));
    const rows: Json[] = [];
    let cursor = '';
    do {
      const page = await ok(
        ledger.api.get(`usage?deployment_id=${deployment}&period=2026-01&limit=2${cursor}`),
      );
      expect(page.summary).to.deep.equal({ bandwidth_gb: '4.50', droplet_hours: '96' });
      rows.push(...page.data);
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(rows.map((row) => row.day)).to.deep.equal([1, 1, 1, 2, 3, 3, 3].map((day) => `2026-01-0${day}`));
    expect(rows[3]).to.deep.equal({
      deployment_id: deployment,
      resource_id: null,
      resource_kind: 'bandwidth_gb',
      granularity: 'day',
      period: '2026-01-02T00:00:00.000Z',
      day: '2026-01-02',
      qty: '1.5',
      sub_attribution: null,
      source: 'cdn',
      external_id: 'jan-2026-01-02',
    });
    const own = { token: tenantToken('acme') };
    expect(
      (await ok(ledger.api.get('usage?period=2026-01&resource_kind=bandwidth_gb', own))).data,
    ).to.have.length(3);
    expect(
      (await ok(ledger.api.get('usage?period=2026-01', { token: tenantToken('other') }))).summary,
    ).to.deep.equal({});
  });

  it('counts each name once for concurrent senders of a thousand reports', async () => {
    const before = await ledger.eventCount();
    const events = Array.from({ length: 1000 }, (_, n) =>
      report(`bulk-${n}`, { resource_kind: 'bulk', qty: '0.01', day: '2025-12-01' }),
    );
    const answers = await Promise.all([
      ok(send(...events)),
      ok(send(...[...events].reverse())),
      ok(send(...events)),
    ]);
    const recorded = answers.flatMap(outcomes).filter(([status]) => status === 'recorded');
    expect(recorded).to.have.length(1000);
    expect(await ledger.eventCount()).to.equal(before + 1000);
    expect((await usage('2025-12')).summary).to.deep.equal({ bulk: '10' });
  });

  it('refuses wrong shapes as a whole, naming the field', async () => {
    const before = await ledger.eventCount();
    const wrong: [string, unknown][] = [
      ['qty', '-1'],
      ['qty', -1],
      ['qty', '1e3'],
      ['qty', '.5'],
      ['qty', '0.1234567890123'],
      ['qty', '1,5'],
      ['qty', null],
      ['day', '2026-02-30'],
      ['day', '2026-04-03T00:00:00Z'],
      ['day', '1999-12-31'],
      ['source', ''],
      ['source', '..'],
      ['external_id', '.'],
      ['external_id', 'a'.repeat(201)],
      ['resource_kind', ''],
      ['deployment_id', 7],
      ['tenant_id', 'acme'],
    ];
    for (const [field, value] of wrong)
      await problem(send(report('good'), report('bad', { [field]: value })), 422, `events.1.${field}`);
    await problem(send(), 422, 'events');
    await problem(send(...Array.from({ length: 1001 }, (_, n) => report(`n-${n}`))), 422, 'events');
    await problem(ledger.api.post('usage/cdn/1/void', {}, meter), 422, 'reason');
    await problem(ledger.api.post('usage/cdn/1/void', { reason: '' }, meter), 422, 'reason');
    await problem(
      ledger.api.post('usage', { events: [report('tenant')] }, { token: tenantToken('acme') }),
      403,
    );
    await problem(
      ledger.api.post('usage/cdn/1/void', { reason: 'mine' }, { token: tenantToken('acme') }),
      403,
    );
    expect(await ledger.eventCount()).to.equal(before);
  });
});
