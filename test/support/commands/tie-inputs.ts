/** Inputs that tie the droplet to a deployment, and untie it, on 10 May 2026. */
import { execution } from './command-spec.ts';
import { dropletId, discovered, tied } from './droplet-events.ts';

export const today = execution({ now: '2026-05-10T12:00:00.000Z' });

export const tieContext = {
  deployment: { deployment_id: 'd1', tenant_id: 'acme', state: 'active' },
  invoices: [],
};

export const aprilInvoice = { invoice_id: 'invoice-1', period_start: '2026-04-01', period_end: '2026-04-30' };

export const tie = (effective_from?: string, deployment_id = 'd1') => ({
  resource_id: dropletId,
  deployment_id,
  effective_from,
});

export const untie = (effective_to?: string) => ({
  resource_id: dropletId,
  deployment_id: 'd1',
  effective_to,
});

export const tiedSinceMay = [discovered(), tied('d1', 'acme', '2026-05-01')];
