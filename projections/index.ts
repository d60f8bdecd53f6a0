import type { Projection } from '../src/read-models/projection.ts';
import { costs } from './costs/costs.ts';
import { catalog } from './catalog/catalog.ts';
import { deliveriesProjection } from './deliveries/deliveries.ts';
import { deploymentsProjection } from './deployments/deployments.ts';
import { documents } from './documents/documents.ts';
import { inventory } from './inventory/inventory.ts';
import { invoices } from './invoicing/invoices.ts';
import { receivables } from './receivables/receivables.ts';
import { parties } from './parties/parties.ts';
import { usage } from './usage/usage.ts';

/** Every projection of the ledger: the one runner feeds them all. */
export const projections: readonly Projection[] = [
  inventory,
  costs,
  catalog,
  deploymentsProjection,
  invoices,
  parties,
  usage,
  documents,
  deliveriesProjection,
  receivables,
];
