import { daysFrom } from '../../src/pricing/calendar.ts';
import { createApi, ok, type Json } from '../support/http/api.ts';

/**
 * The month of docs/money.md on a running sandbox: studio with `storage_50gb`, three droplets on all 30 days
 * of April 2026.
 * @returns the invoice's id
 */
export async function monthOfMoneyPage(url: string, token: string): Promise<string> {
  const api = createApi(url);
  const post = async (path: string, body: object, status?: number): Promise<Json> =>
    (await ok(api.post(path, body, { token }), status)).data;
  const { id } = await post('deployments', { tenant_id: 'acme', slug: 'month', display_name: 'Month' }, 201);
  await post(
    `deployments/${id}/subscribe`,
    { plan_code: 'studio', addons: ['storage_50gb'], starts_on: '2026-04-01' },
    201,
  );
  const { data: droplets } = await ok(api.get('inventory?kind=droplet&limit=3', { token }));
  for (const droplet of droplets)
    await post(`deployments/${id}/resources`, { resource_id: droplet.id, effective_from: '2026-04-01' }, 201);
  for (const day of daysFrom('2026-04-01', '2026-04-30')) await post('jobs/metering.day/run', { day });
  const { result } = await post('jobs/invoices.rollup/run', { period: '2026-04', tenant_id: 'acme' });
  const { invoice_id: invoice } = result.invoices[0];
  // The examples send no position: what they read has to be there.
  await ok(api.get(`invoices/${invoice}`, { token }));
  return invoice;
}

/** A deployment of the same tenant without a subscription. @returns its id */
export async function missingDeployment(url: string, token: string): Promise<string> {
  const api = createApi(url);
  const { data } = await ok(
    api.post('deployments', { tenant_id: 'acme', slug: 'missing', display_name: 'Missing' }, { token }),
    201,
  );
  await ok(api.get(`deployments/${data.id}`, { token }));
  return data.id;
}
