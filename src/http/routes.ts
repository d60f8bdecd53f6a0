import type { Route } from './route.ts';
import { billingRoutes } from './routes/billing.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { platformRoutes } from './routes/platform.ts';

/** Every route of the service. Each context exports its own list from `routes/<context>.ts`. */
export const routes: readonly Route[] = [
  ...platformRoutes,
  ...billingRoutes,
  ...inventoryRoutes,
];
