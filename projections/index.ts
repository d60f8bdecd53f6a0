import type { Projection } from '../src/read-models/projection.ts';
import { providerBilling } from './costs/provider-billing.ts';
import { catalog } from './catalog/catalog.ts';
import { deploymentsProjection } from './deployments/deployments.ts';
import { inventory } from './inventory/inventory.ts';
import { invoices } from './invoicing/invoices.ts';
import { usage } from './usage/usage.ts';

/** Every projection of the ledger: the one runner feeds them all. */
export const projections: readonly Projection[] = [
  inventory,
  providerBilling,
  catalog,
  deploymentsProjection,
  invoices,
  usage,
];
