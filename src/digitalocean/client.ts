import { createBillingApi, type BillingApi } from './billing-api.ts';
import { createDropletActionsApi, type DropletActionsApi } from './droplet-actions.ts';
import { createInventoryApi, type InventoryApi } from './inventory-api.ts';
import { createProjectApi, type ProjectApi } from './project-api.ts';
import { createRequestBudget, type RequestBudget } from './request-budget.ts';
import { createSizesApi, type SizesApi } from './sizes-api.ts';
import { createTransport } from './transport.ts';
import { type TransportOptions } from './transport-options.ts';

export interface DigitalOceanClientOptions extends Omit<TransportOptions, 'budget'> {
  /**
   * Shared by all clients of one token in the process. Without one the client has its own, at DigitalOcean's
   * limits.
   */
  budget?: RequestBudget;
}

/**
 * All requests of arcadia-cloud to DigitalOcean. Each gives a complete answer, or throws DigitalOceanError.
 */
export type DigitalOceanClient = InventoryApi & ProjectApi & BillingApi & SizesApi & DropletActionsApi;

/** DigitalOcean's limits for one token. */
export const digitalOceanLimits = { perMinute: 250, perHour: 5_000 } as const;

/**
 * A client of DigitalOcean's API v2 for one account. Throws TypeError for a token that no header can hold.
 */
export function createDigitalOceanClient(options: DigitalOceanClientOptions): DigitalOceanClient {
  const { clock, sleep } = options;
  const budget = options.budget ?? createRequestBudget({ ...digitalOceanLimits, clock, sleep });
  const transport = createTransport({ ...options, budget });
  return {
    ...createInventoryApi(transport),
    ...createProjectApi(transport),
    ...createBillingApi(transport),
    ...createSizesApi(transport),
    ...createDropletActionsApi(transport),
  };
}
