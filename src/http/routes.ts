import type { Route } from './route.ts';
import { correctionRoutes } from './routes/corrections.ts';
import { costsRoutes } from './routes/costs.ts';
import { catalogRoutes } from './routes/catalog.ts';
import { customerImportRoutes } from './routes/customer-import.ts';
import { customerLinkRoute } from './routes/customer-link.ts';
import { customerRoutes } from './routes/customers.ts';
import { chargeRoutes } from './routes/charges.ts';
import { costAlertRoutes } from './routes/cost-alerts.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { documentFileRoutes } from './routes/document-files.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { eventRoutes } from './routes/events.ts';
import { financeArRoutes } from './routes/finance-ar.ts';
import { costSharingRoutes } from './routes/cost-sharing.ts';
import { fxRoutes } from './routes/fx.ts';
import { taxRoutes } from './routes/tax-rates.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { invoiceCloseRoutes } from './routes/invoice-close.ts';
import { invoiceActionRoutes } from './routes/invoice-actions.ts';
import { invoiceExplainRoutes } from './routes/invoice-explain.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { jobRoutes } from './routes/jobs.ts';
import { llmUsageRoutes } from './routes/llm-usage.ts';
import { meteringConfigRoutes } from './routes/metering-config.ts';
import { noticeRoutes } from './routes/notices.ts';
import { paymentRoutes } from './routes/payments.ts';
import { platformRoutes } from './routes/platform.ts';
import { projectionRoutes } from './routes/projections.ts';
import { quoteRoutes } from './routes/quote.ts';
import { receivableRoutes } from './routes/receivables.ts';
import { reportedUsageRoutes } from './routes/reported-usage.ts';
import { searchRoutes } from './routes/search.ts';
import { sellerRoutes } from './routes/seller.ts';
import { statementRoutes } from './routes/statements.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { usageForecastRoutes } from './routes/usage-forecast.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { templateRoutes } from './routes/templates.ts';
import { verificationRoutes } from './routes/verifications.ts';
import { usageRoutes } from './routes/usage.ts';
import { whatIfRoutes } from './routes/what-if.ts';

/** Every route of the service. Each context exports its own list from `routes/<context>.ts`. */
export const routes: readonly Route[] = [
  ...platformRoutes,
  ...costsRoutes,
  ...inventoryRoutes,
  ...catalogRoutes,
  ...templateRoutes,
  ...quoteRoutes,
  ...deploymentRoutes,
  ...subscriptionRoutes,
  ...sellerRoutes,
  ...customerImportRoutes,
  ...customerRoutes,
  customerLinkRoute,
  ...tenantRoutes,
  ...chargeRoutes,
  ...costSharingRoutes,
  ...fxRoutes,
  ...taxRoutes,
  ...usageRoutes,
  ...usageForecastRoutes,
  ...reportedUsageRoutes,
  ...meteringConfigRoutes,
  ...llmUsageRoutes,
  // Before the routes whose `:id` would take `.pdf` as a part of it.
  ...documentFileRoutes,
  // Before the routes whose `:id` would take `preview` and `close`.
  ...invoiceCloseRoutes,
  ...invoiceRoutes,
  ...correctionRoutes,
  ...invoiceActionRoutes,
  ...invoiceExplainRoutes,
  ...paymentRoutes,
  ...receivableRoutes,
  ...statementRoutes,
  ...deliveryRoutes,
  ...noticeRoutes,
  ...financeArRoutes,
  ...dashboardRoutes,
  ...costAlertRoutes,
  ...whatIfRoutes,
  ...jobRoutes,
  ...projectionRoutes,
  ...verificationRoutes,
  ...eventRoutes,
  ...searchRoutes,
];
