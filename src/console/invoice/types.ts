/** What the parts of an invoice's page show: answers of the API, as they are. */
import type { z } from 'zod';
import type { listDeliveriesRoute } from '../../http/routes/deliveries.ts';
import type { invoiceActionsRoute, invoiceConsequencesRoute } from '../../http/routes/invoice-actions.ts';
import type { explainRoute } from '../../http/routes/invoice-explain.ts';
import type { invoiceHistoryRoute } from '../../http/routes/invoice-history.ts';
import type { invoiceRoute } from '../../http/routes/invoices.ts';
import type { listPaymentsRoute } from '../../http/routes/payments.ts';

export type Invoice = z.output<typeof invoiceRoute.response>['data'];
export type InvoiceLine = Invoice['lines'][number];
export type Correction = Invoice['corrections'][number];
export type Explanation = z.output<typeof explainRoute.response>['data'];
export type ExplainedLine = Explanation['lines'][number];
export type History = z.output<typeof invoiceHistoryRoute.response>['data'];
export type Payments = z.output<typeof listPaymentsRoute.response>;
export type Deliveries = z.output<typeof listDeliveriesRoute.response>;
export type AllowedActions = z.output<typeof invoiceActionsRoute.response>['data']['actions'];
export type Consequences = z.output<typeof invoiceConsequencesRoute.response>['data'];
