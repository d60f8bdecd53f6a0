import { pilot } from '../demo/story.ts';
import type { PlansStage } from './stage.ts';
import type { Known } from './requests.ts';

/** Values that the sample account has, by the name of a parameter. */
export async function knownOf({ ledger, deploymentId }: PlansStage): Promise<Known> {
  const column = async (path: string, name: string): Promise<string[]> => {
    const { body } = await ledger.api.get(path);
    return ((body.data ?? []) as Record<string, unknown>[]).map((row) => String(row[name]));
  };
  const first = async (path: string, name: string): Promise<string[]> =>
    (await column(path, name)).slice(0, 1);
  const [event] = (await ledger.api.get('events?limit=1&type=InvoiceIssued')).body.data;
  const [uuid = ''] = await first('billing/invoices', 'uuid');
  return {
    tenant_id: [pilot],
    deployment_id: [deploymentId],
    'deployments.id': [deploymentId],
    period: ['2026-04'],
    from: ['2026-03'],
    to: ['2026-04'],
    as_of: ['2026-04-20'],
    known_at: ['2026-05-01T00:00:00Z'],
    'inventory.id': await first('inventory?kind=droplet', 'id'),
    resource_id: await first('inventory?kind=droplet', 'id'),
    target: await first('inventory?kind=droplet', 'id'),
    'drift.id': await first('drift', 'id'),
    'billing.id': await first('billing/cost-lines?limit=1', 'id'),
    uuid: [uuid],
    invoice_uuid: [uuid],
    'plans.code': ['studio'],
    'catalog.code': ['studio'],
    plan_code: ['studio'],
    'templates.code': await first('templates', 'code'),
    code: ['studio'],
    action: ['credit', 'void'],
    version: ['1'],
    resource_kind: ['droplet_hours'],
    'invoices.id': await first(`invoices?tenant_id=${pilot}`, 'id'),
    invoice_id: await first(`invoices?tenant_id=${pilot}`, 'id'),
    'corrections.id': await first('corrections', 'id'),
    'payments.id': await first('payments', 'id'),
    number: await first('invoices', 'number'),
    'what-if.id': await first('what-if', 'id'),
    'verifications.id': await first('verifications', 'id'),
    'jobs.id': await first('jobs/runs', 'id'),
    job: ['metering.day'],
    'events.position': ['40'],
    stream: [event.stream],
    type: ['InvoiceIssued', 'UsageMetered', 'CustomerErased'],
    actor: [event.metadata.actor.sub],
    correlation_id: [event.metadata.correlation_id],
    recorded_from: ['2026-04-20'],
    recorded_to: ['2026-04-20'],
    q: ['dashboard', '78.23'],
    search: ['dashboard'],
    region: ['syd1'],
    amount_cents: ['100'],
    from_cents: ['100000'],
    to_cents: ['100'],
    received_on: ['2026-05-01'],
    line: ['1'],
    issue: ['1'],
    issue_no: ['1'],
    'customers.from': ['2026-04-01'],
    'customers.to': ['2026-04-30'],
    'payments.from': ['2026-04-01'],
    'payments.to': ['2026-04-30'],
    day: ['2026-04-10'],
  };
}
