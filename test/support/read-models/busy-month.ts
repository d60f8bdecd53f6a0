/**
 * A month with an event of every type, for the tests of rebuilding and of faults.
 */
import { expect } from 'chai';
import { aProject } from '../../../simulators/digitalocean/index.ts';
import type { RevertProgress } from '../../../commands/inventory/revert.ts';
import { commands } from '../../../src/processes/commands.ts';
import { daysFrom } from '../../../src/pricing/calendar.ts';
import { shiftDecimal } from '../../../src/pricing/decimals.ts';
import { syncAll } from '../processes/sync-run.ts';
import { ok } from '../http/api.ts';
import type { Json } from '../http/api.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../http/tokens.ts';
import { customerBody, sellerBody } from '../parties/party-bodies.ts';
import { paidMonth } from './paid-month.ts';

export const aprilInvoice = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
export const pilotProject = 'bb448431-2ecb-509a-ae71-474f45fcf3eb';

/** Runs a job over HTTP that must complete, a minute after the previous step, and returns its result. */
export async function job(ledger: TestLedger, name: string, input: Json = {}): Promise<Json> {
  ledger.clock.advance(60_000);
  const { data } = await ok(ledger.api.post(`jobs/${name}/run`, input));
  expect([name, data.status, data.error]).to.deep.equal([name, 'completed', null]);
  return data.result;
}

/** A deployment's id, made over HTTP. */
export async function deployment(
  ledger: TestLedger,
  tenant_id: string,
  slug: string,
  more: Json = {},
): Promise<string> {
  return (
    await ok(
      ledger.api.post('deployments', { tenant_id, slug, display_name: `${slug} of ${tenant_id}`, ...more }),
      201,
    )
  ).data.id;
}

/** A report of the LLM gateway. */
export const llmReports = (deployment_id: string, count: number, prefix = 'request') =>
  Array.from({ length: count }, (_, n) => ({
    gateway_request_id: `${prefix}-${n}`,
    deployment_id,
    model: 'm-1',
    input_tokens: n,
    output_tokens: 2 * n,
    charge_cents: `0.${String(n + 1).padStart(4, '0')}`,
    occurred_at: `2026-04-${String(1 + (n % 30)).padStart(2, '0')}T08:00:00Z`,
  }));

/** Mirrors the sample account; returns its droplets. */
export async function mirror(ledger: TestLedger): Promise<Json[]> {
  await syncAll(ledger);
  await ledger.settled();
  await ok(ledger.api.post(`projects/${pilotProject}/assign`, { tenant_id: 'pilot' }));
  return (await ok(ledger.api.get('inventory?kind=droplet'))).data;
}

/** Two tenants with plans, addons and ties; returns their deployments. */
async function subscribe(ledger: TestLedger, droplets: Json[]): Promise<{ pilot: string; other: string }> {
  const pilot = await deployment(ledger, 'pilot', 'web');
  await ok(
    ledger.api.post(`deployments/${pilot}/subscribe`, {
      plan_code: 'studio',
      addons: ['storage_50gb'],
      starts_on: '2026-04-01',
    }),
    201,
  );
  const other = await deployment(ledger, 'other', 'app', {
    state: 'trial',
    display_name: 'App "quoted" \\ 😀',
  });
  await ok(
    ledger.api.post(
      `deployments/${other}/transition`,
      { to: 'active', reason: "it's paid" },
      { token: tenantToken('other') },
    ),
  );
  await ok(
    ledger.api.post(`deployments/${other}/subscribe`, { plan_code: 'starter', starts_on: '2026-04-16' }),
    201,
  );
  await ok(ledger.api.post(`deployments/${other}/change-plan`, { plan_code: 'pro' }));
  await ok(ledger.api.post(`deployments/${other}/addons`, { code: 'llm_1m_tokens', qty: 2 }), 201);
  await ok(ledger.api.delete(`deployments/${other}/addons/llm_1m_tokens`));
  await ok(
    ledger.api.patch(`deployments/${other}`, { display_name: 'Renamed', billing_action_suspended: true }),
  );
  for (const to of ['paused', 'active'])
    await ok(ledger.api.post(`deployments/${other}/transition`, { to, reason: null }));
  for (const [index, id] of [pilot, pilot, pilot, other].entries())
    await ok(
      ledger.api.post(`deployments/${id}/resources`, {
        resource_id: droplets[index].id,
        effective_from: '2026-04-01',
      }),
      201,
    );
  await ok(ledger.api.delete(`deployments/${other}/resources/${droplets[3].id}?effective_to=2026-04-20`));
  return { pilot, other };
}

/**
 * Usage of some days, each run twice, one by the hour, with a bucket of unknown size; LLM charges and
 * reports, one of each twice, and one taken back.
 */
async function use(ledger: TestLedger, { pilot, other }: { pilot: string; other: string }): Promise<void> {
  const gateway = { token: serviceToken() };
  ledger.digitalOcean.assign('do:space:media', pilotProject);
  await job(ledger, 'sync.projects');
  const [bucket] = (await ok(ledger.api.get('inventory?kind=spaces_bucket'))).data.filter(
    (row: Json) => row.name === 'media',
  );
  const [otherBucket] = (await ok(ledger.api.get('inventory?kind=spaces_bucket'))).data.filter(
    (row: Json) => row.name !== 'media',
  );
  const size = { size_bytes: '12345678901234567890', objects: 3, measured_at: ledger.clock.now() };
  const measured = { resource_id: otherBucket.id, ...size };
  await ledger.ledger.execute(commands.measureBucket, measured, ledger.meta());
  const tie = { resource_id: bucket.id, effective_from: '2026-04-01' };
  await ok(ledger.api.post(`deployments/${pilot}/resources`, tie), 201);
  for (const day of daysFrom('2026-04-01', '2026-04-04')) await job(ledger, 'metering.day', { day });
  await ok(ledger.api.put('metering-config/droplet_hours', { granularity: 'hour', retention_days: 30 }));
  for (const day of daysFrom('2026-04-04', '2026-04-06')) await job(ledger, 'metering.day', { day });
  await job(ledger, 'metering.day', { day: '2026-04-02' });
  await ok(ledger.api.post('integrations/llm-usage', { events: llmReports(pilot, 40) }, gateway));
  await ok(ledger.api.post('integrations/llm-usage', llmReports(pilot, 1)[0], gateway));
  await ok(ledger.api.post('integrations/llm-usage', { events: llmReports(other, 3, 'other') }, gateway));
  await ok(ledger.api.post('integrations/llm-usage/other-2/void', { reason: 'wrong unit' }, gateway));
  const report = {
    source: 'cdn',
    deployment_id: pilot,
    resource_kind: 'bandwidth_gb',
    qty: '1200.5',
    day: '2026-04-03',
  };
  const events = ['1', '1', '2', '3'].map((external_id) => ({ ...report, external_id }));
  await ok(ledger.api.post('usage', { events }, gateway));
  await ok(ledger.api.post('usage/cdn/3/void', { reason: 'twice' }, gateway));
}

/** Drift of a spec in a value, in one that the resource lacks, and in one that is restored. */
async function drift(ledger: TestLedger, droplets: Json[]): Promise<void> {
  const [first, second] = droplets;
  const provision = (row: Json, spec: Json) =>
    ok(ledger.api.post(`inventory/${row.id}/provisioned`, { spec }));
  await provision(first, { region: 'nowhere1', no_such_field: 'x', name: null });
  await provision(second, { name: second.name, size_slug: 'too-large' });
  await job(ledger, 'drift.detect');
  await provision(second, { name: second.name, size_slug: second.size_slug });
  await provision(first, { region: 'nowhere2', no_such_field: 'y', name: null });
  await job(ledger, 'drift.detect');
  const { data } = await ok(ledger.api.get('drift'));
  await ok(ledger.api.post(`drift/${data.find((one: Json) => one.field === 'region').id}/accept`));
  await revert(ledger, second, { succeeds: false });
  await revert(ledger, second, { succeeds: true });
}

/** A revert of the size of a droplet, as the events say: nothing is changed at the provider. */
async function revert(ledger: TestLedger, droplet: Json, { succeeds }: { succeeds: boolean }): Promise<void> {
  const { id: resource_id, name, size_slug } = droplet;
  await ok(
    ledger.api.post(`inventory/${resource_id}/provisioned`, { spec: { name, size_slug: 'too-large' } }),
  );
  await job(ledger, 'drift.detect');
  const { data } = await ok(ledger.api.get('drift'));
  const drift_id = data.find((one: Json) => one.resource_id === resource_id).id;
  const input = { drift_id, resource_id, confirm: name, desired_disk_gb: 10_000 };
  const { result } = await ledger.ledger.execute(commands.requestRevert, input, ledger.meta());
  const run_id = result?.run_id ?? '';
  const at = ledger.clock.now();
  const step = { run_id, resource_id, step: 'resize' as const, attempt: 1 };
  const end = { run_id, resource_id, drift_id, field: 'size_slug', ended_at: at };
  const outcome = succeeds ? ('completed' as const) : ('errored' as const);
  const events: RevertProgress[] = [
    {
      type: 'RevertStepIntended',
      data: { ...step, after_action_id: 0, compensates: false, intended_at: at },
    },
    { type: 'RevertStepStarted', data: { ...step, action_id: 1, found: false, started_at: at } },
    { type: 'RevertStepEnded', data: { ...step, action_id: 1, outcome, reason: null, ended_at: at } },
    succeeds
      ? { type: 'DriftReverted', data: { ...end, actual: 'too-large', status: 'off' } }
      : {
          type: 'DriftRevertFailed',
          data: { ...end, reason: 'no room', left: { status: 'off', size_slug } },
        },
  ];
  const seq = result?.seq ?? 0;
  for (const [index, event] of events.entries())
    await ledger.ledger.execute(
      commands.advanceRevert,
      { resource_id, run_id, seq: seq + index, event },
      ledger.meta(),
    );
}

/** A template, and a deployment that follows it: too many zones, none of its droplets. */
async function follow(ledger: TestLedger): Promise<void> {
  const specs = [
    { kind: 'droplet', size_slug: 's-1vcpu-1gb', region: 'syd1', count: 1 },
    { kind: 'dns_zone', size_slug: null, region: null, count: 1 },
  ];
  const template = { code: 'shop', version: 1, plan_code: 'starter', addons: ['storage_50gb'], specs };
  await ok(ledger.api.post('templates', template), 201);
  await ok(ledger.api.post('templates', { ...template, version: 2, addons: [] }), 201);
  const site = await deployment(ledger, 'follower', 'shop', { template_code: 'shop', template_version: 1 });
  const { data } = await ok(ledger.api.get('inventory?kind=dns_zone'));
  for (const zone of data.slice(0, 2))
    await ok(ledger.api.post(`deployments/${site}/resources`, { resource_id: zone.id }), 201);
  await job(ledger, 'drift.detect');
}

/**
 * A droplet is renamed, one is lost for good, one returns; an address is classified, a project is removed.
 */
async function change(ledger: TestLedger): Promise<void> {
  const simulator = ledger.digitalOcean;
  const { account } = simulator;
  const [renamed, , lost, returning] = account.droplets as unknown as [
    { id: number },
    unknown,
    { id: number },
    { id: number },
  ];
  simulator.rename('droplet', renamed.id, 'renamed \u0000 \uD800 "x"');
  const { data } = await ok(ledger.api.get('inventory?kind=firewall'));
  await ok(ledger.api.post(`inventory/${data[0].id}/assign`, { tenant_id: 'classified' }));
  simulator.remove('droplet', lost.id);
  const gone = account.droplets.splice(
    account.droplets.findIndex((droplet) => droplet.id === returning.id),
    1,
  );
  await job(ledger, 'sync.droplets');
  account.droplets.push(...gone);
  for (let sweep = 0; sweep < 3; sweep++) await job(ledger, 'sync.droplets');
  simulator.update('project', pilotProject, { description: 'changed' });
  const passing = simulator.create('project', aProject({ name: 'passing' }));
  await job(ledger, 'sync.projects');
  const [ruled] = (await ok(ledger.api.get('deployments'))).data;
  await ok(ledger.api.post(`projects/${passing.id}/deploys`, { deployment_id: ruled.id }));
  await ok(ledger.api.delete(`projects/${passing.id}/deploys`));
  simulator.remove('project', passing.id);
  await job(ledger, 'sync.projects');
}

/** The provider's invoice is known, and cannot be ingested at first. */
async function failToIngest(ledger: TestLedger): Promise<void> {
  await ledger.ledger.execute(
    commands.discoverProviderInvoice,
    { invoice_uuid: aprilInvoice, invoice_id: null, period: '2026-04-01', amount_cents: 8692 },
    ledger.meta(),
  );
  const fault = ledger.digitalOcean.faults.inject({
    path: `/v2/customers/my/invoices/${aprilInvoice}/csv`,
    effect: { kind: 'status', status: 422 },
  });
  expect(
    (await ok(ledger.api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: aprilInvoice }))).data
      .status,
  ).to.equal('failed');
  fault.remove();
}

/** Invoices of the month, issued again after a late charge; one paid, one void. */
async function bill(ledger: TestLedger, { pilot, other }: { pilot: string; other: string }): Promise<void> {
  await ok(ledger.api.put('cost-sharing', { rule: 'even', kinds: ['other'], effective_from: '2026-04-01' }));
  await ok(
    ledger.api.post('fx-rates', { from: 'USD', to: 'AUD', rate: '1.53', effective_from: '2026-04-01' }),
    201,
  );
  await ok(
    ledger.api.post('catalog/resource-prices', {
      resource_kind: 'backup_gb_month',
      unit: 'gb',
      price_cents: 3,
      effective_from: '2026-04-01',
    }),
    201,
  );
  await job(ledger, 'billing.balance');
  await job(ledger, 'sync.sizes');
  ledger.digitalOcean.withdrawSize('s-8vcpu-16gb');
  await job(ledger, 'sync.sizes');
  // The usage is above what is expected, and then equals it.
  const { current } = await ok(ledger.api.get('dashboard/cost-alerts'));
  ledger.digitalOcean.setBalance({
    month_to_date_usage: shiftDecimal(String(current.expected_cents), 2),
    generated_at: '2026-05-09T15:30:00Z',
  });
  await job(ledger, 'billing.balance');
  await failToIngest(ledger);
  await job(ledger, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
  for (const line of [1, 2])
    await ok(
      ledger.api.post(`billing/cost-lines/${aprilInvoice}:${line}/link`, {
        resource_id: null,
        reason: 'by hand',
      }),
    );
  await ok(ledger.api.delete(`billing/cost-lines/${aprilInvoice}:1/link`));
  await ledger.ledger.execute(
    commands.noteReissue,
    { invoice_uuid: aprilInvoice, listed_cents: 8693, lines_hash: null, replaced_by: null },
    ledger.meta(),
  );
  await ok(ledger.api.post(`billing/invoices/${aprilInvoice}/reissue-seen`));
  await job(ledger, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
  await ok(ledger.api.post('invoices/close', { period: '2026-04', force: true, reason: 'a sample' }));
  await ok(
    ledger.api.post(
      'integrations/llm-usage',
      { events: llmReports(other, 2, 'late') },
      { token: serviceToken() },
    ),
  );
  await job(ledger, 'invoices.rollup', { period: '2026-04', force: true });
  const { data } = await ok(ledger.api.get('invoices?period=2026-04'));
  const of = (tenant: string) => data.find((invoice: Json) => invoice.tenant_id === tenant).id;
  await ok(ledger.api.post(`invoices/${of('pilot')}/pay`));
  await ok(ledger.api.post(`invoices/${of('other')}/void`, { reason: 'a mistake' }));
  await ok(ledger.api.post(`deployments/${pilot}/transition`, { to: 'cancelled', reason: 'moved away' }));
}

/** A seller, and customers: one changes, one is erased and comes back. */
async function nameParties(ledger: TestLedger): Promise<void> {
  await ok(ledger.api.put('seller', sellerBody));
  await ok(ledger.api.put('seller', { ...sellerBody, effective_from: '2026-04-01', phone: null }));
  for (const tenant of ['pilot', 'other']) await ok(ledger.api.put(`customers/${tenant}`, customerBody));
  await ok(ledger.api.put('customers/pilot', { ...customerBody, contact: null, net_days: 7 }));
  await ok(ledger.api.post('customers/other/erase', { confirm: 'other' }));
  await ok(ledger.api.put('customers/other', { ...customerBody, effective_from: '2026-04-01' }));
}

/** Runs the whole month on a ledger with the seeded catalog, the sample account and a finance service. */
export async function busyMonth(ledger: TestLedger): Promise<{ pilot: string; other: string }> {
  const droplets = await mirror(ledger);
  const deployments = await subscribe(ledger, droplets);
  await use(ledger, deployments);
  await drift(ledger, droplets);
  await follow(ledger);
  await change(ledger);
  await nameParties(ledger);
  await bill(ledger, deployments);
  await paidMonth(ledger);
  await ledger.settled();
  return deployments;
}
