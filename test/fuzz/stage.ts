import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { silentLogger, type Logger } from '../../src/runtime/logger.ts';
import { tenantToken } from '../support/http/tokens.ts';

/** A ledger with data for most requests, and the ids in it. */
export interface Stage {
  ledger: TestLedger;
  /** The errors that were logged for requests without an explanation of their own, by correlation id. */
  errors: ReadonlyMap<string, unknown>;
  /** Existing values by the name of a parameter or field; ids by the collection of their path. */
  known: Record<string, string[]>;
}

const count = <T>(n: number, make: (index: number) => T): T[] =>
  Array.from({ length: n }, (_, index) => make(index));

async function populate({ api }: TestLedger): Promise<void> {
  for (const tenant of ['acme', 'globex']) {
    for (const slug of ['site', 'shop', 'blog']) {
      const {
        body: { data },
      } = await api.post('deployments', { slug, display_name: slug }, { token: tenantToken(tenant) });
      await api.post(`deployments/${data.id}/subscribe`, {
        plan_code: slug === 'site' ? 'studio' : 'starter',
        addons: ['storage_50gb'],
        starts_on: '2026-03-01',
      });
    }
  }
  const {
    body: {
      data: [first, second],
    },
  } = await api.get('deployments');
  const {
    body: { data: droplets },
  } = await api.get('inventory?kind=droplet');
  await api.post(`deployments/${first.id}/resources`, {
    resource_id: droplets[0].id,
    effective_from: '2026-04-01',
  });
  await api.post(`deployments/${second.id}/resources`, {
    resource_id: droplets[1].id,
    effective_from: '2026-04-01',
  });
  await api.post(`inventory/${droplets[2].id}/provisioned`, { spec: { size_slug: 's-8vcpu-16gb' } });
  await api.post('jobs/drift.detect/run', {});
  for (const day of ['2026-04-01', '2026-04-02']) await api.post('jobs/metering.day/run', { day });
  await api.post('invoices/rollup', { period: '2026-03' });
  for (const version of ['1', '2'])
    await api.post('templates', { code: 'shop', version, plan_code: 'studio', addons: ['storage_50gb'] });
  await api.post('what-if', { period: '2026-03', overrides: { tax_rate: '0.2' } });
  await api.post('verifications', { projection: 'catalog' });
}

/** The values of a column over a list. */
async function column({ api }: TestLedger, path: string, name: string): Promise<string[]> {
  const { body } = await api.get(path);
  return ((body.data ?? []) as Json[]).map((row) => String(row[name]));
}

/**
 * Starts it: the sample account synchronised, an invoice ingested, six deployments with subscriptions, an
 * invoiced month.
 */
export async function setStage(): Promise<Stage> {
  const errors = new Map<string, unknown>();
  const logger: Logger = {
    ...silentLogger,
    error: (logged: { correlation_id?: string; err?: unknown }) => {
      if (logged.correlation_id !== undefined) errors.set(logged.correlation_id, logged.err);
    },
  };
  const ledger = await startTestLedger({
    digitalOcean: { limits: { perMinute: 1_000_000, perHour: 1_000_000 } },
    finance: true,
    outside: { logger },
  });
  await seedCatalog(ledger.ledger, () => ledger.meta());
  for (const job of ['sync.droplets', 'sync.projects', 'sync.domains', 'sync.volumes', 'billing.balance'])
    await ledger.api.post(`jobs/${job}/run`, {});
  const invoices = ['66c69033-e9fe-51ae-af94-4fa3f5205f25', '00b9a5b0-8193-55ef-a6af-2dfdd15bf927'];
  await ledger.api.post(`billing/invoices/${invoices[0]}/ingest`, {});
  await populate(ledger);
  const first = async (path: string, name: string): Promise<string[]> =>
    (await column(ledger, path, name)).slice(0, 8);
  const [deployments, resources] = [
    await first('deployments', 'id'),
    await first('inventory?kind=droplet', 'id'),
  ];
  const runs = await ledger.sql<{ id: string }[]>`select id from job_runs limit 3`;
  const whatIfs = await ledger.sql<{ id: string }[]>`select id from what_if_results limit 3`;
  return {
    ledger,
    errors,
    known: {
      deployment_id: deployments,
      resource_id: resources,
      tenant_id: ['acme', 'globex', 'skyai-internal'],
      plan_code: ['starter', 'studio', 'pro'],
      code: ['starter', 'studio', 'storage_50gb', 'llm_1m_tokens'],
      addons: ['storage_50gb', 'storage_250gb'],
      resource_kind: ['droplet_hours', 'spaces_gb_month', 'dns_zones', 'llm_tokens'],
      kind: ['droplet', 'volume', 'dns_zone'],
      template_code: ['shop'],
      template_version: ['1', '2'],
      version: ['1', '2'],
      size_slug: ['s-1vcpu-1gb', 's-2vcpu-4gb'],
      region: ['syd1', 'fra1'],
      'templates.code': ['shop'],
      period: ['2026-03', '2026-04', '2026-05-09', '2026-06'],
      day: ['2026-04-01', '2026-04-30', '2026-05-08'],
      n: ['1', '2'],
      invoice_uuid: invoices,
      uuid: invoices,
      gateway_request_id: count(40, (index) => `request-${index}`),
      model: ['a-model'],
      source: ['meter'],
      external_id: count(20, (index) => `usage-${index}`),
      overage_unit: ['hour', 'gb', 'zone', '1k_tokens'],
      unit: ['hour', 'gb'],
      from: ['USD', '2026-03'],
      to: ['AUD', '2026-04'],
      currency: ['AUD', 'USD'],
      slug: count(20, (index) => `slug-${index}`),
      starts_on: ['2026-05-09', '2026-05-20', '2026-04-10'],
      reason: ['because'],
      stream: [`deployment-${deployments[0]}`],
      rate: ['1.5', '0.1'],
      effective_from: ['2026-04-01', '2026-05-09'],
      rule: ['none', 'even', 'by_cost', 'by_revenue'],
      kinds: ['droplet', 'spaces_bucket', 'tax', 'other'],
      tax_rate: ['0.2'],
      tax_id: ['51824753556'],
      country: ['AU'],
      email: ['accounts@example.com'],
      billing: ['accounts@example.com'],
      bsb: ['062000'],
      account_number: ['12345678'],
      iban: ['DE89370400440532013000'],
      bic: ['COBADEFFXXX'],
      invoice_prefix: ['INV'],
      locale: ['en-AU'],
      method: ['card'],
      received_on: ['2026-05-08', '2026-04-30'],
      // The tenant that may be erased, and the droplet whose size drifts.
      confirm: ['globex', 'globex', 'globex', ...(await first('drift', 'name')).slice(0, 1)],
      'projections.name': ['catalog', 'usage'],
      'jobs.name': [
        'sync.droplets',
        'metering.day',
        'drift.detect',
        'invoices.rollup',
        'billing.ingest_invoice',
      ],
      'deployments.id': deployments,
      'events.position': ['1', '10', '40'],
      q: ['acme', 'studio', '78.23', deployments[0] ?? ''],
      target: resources,
      'inventory.id': resources,
      'invoices.id': await first('invoices', 'id'),
      'projects.id': await first('projects', 'id'),
      'drift.id': await first('drift', 'id'),
      'jobs.id': runs.map(({ id }) => id),
      'what-if.id': whatIfs.map(({ id }) => id),
      'verifications.id': await first('verifications', 'id'),
      'verifications.projection': ['catalog', 'usage'],
      'billing.id': await first('billing/cost-lines?limit=5', 'id'),
    },
  };
}
