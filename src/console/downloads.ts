import {
  correctionPdfRoute,
  correctionUblRoute,
  invoicePdfRoute,
  invoiceUblRoute,
  receiptRoute,
  statementPdfRoute,
} from '../http/routes/document-files.ts';
import { costLinesRoute } from '../http/routes/costs.ts';
import { marginRoute } from '../http/routes/dashboard.ts';
import { listInvoicesRoute } from '../http/routes/invoice-list.ts';
import { marginLinesRoute } from '../http/routes/margin-lines.ts';
import { listPaymentsRoute } from '../http/routes/payments.ts';
import { receivablesRoute } from '../http/routes/receivables.ts';
import { listEventsRoute } from '../http/routes/events.ts';
import type { ConsoleDownload } from './download.ts';

const account = '/console/account';

/** Every file that pages link to. */
export const downloads: readonly ConsoleDownload[] = [
  {
    path: '/console/files/invoices.csv',
    access: 'admin',
    route: listInvoicesRoute,
    query: { format: 'csv' },
  },
  {
    path: '/console/files/receivables.csv',
    access: 'admin',
    route: receivablesRoute,
    query: { format: 'csv' },
  },
  {
    path: '/console/files/payments.csv',
    access: 'admin',
    route: listPaymentsRoute,
    query: { format: 'csv' },
  },
  { path: '/console/files/cost-lines.csv', access: 'admin', route: costLinesRoute, query: { format: 'csv' } },
  { path: '/console/files/margin.csv', access: 'admin', route: marginRoute, query: { format: 'csv' } },
  {
    path: '/console/files/margin-lines.csv',
    access: 'admin',
    route: marginLinesRoute,
    query: { format: 'csv' },
  },
  { path: '/console/files/invoices/:id.pdf', access: 'signed-in', route: invoicePdfRoute },
  { path: '/console/files/invoices/:id.ubl.xml', access: 'signed-in', route: invoiceUblRoute },
  { path: '/console/files/corrections/:id.pdf', access: 'signed-in', route: correctionPdfRoute },
  { path: '/console/files/corrections/:id.ubl.xml', access: 'signed-in', route: correctionUblRoute },
  { path: '/console/files/payments/:id.pdf', access: 'signed-in', route: receiptRoute },
  {
    path: '/console/files/customers/:tenant_id/statement.pdf',
    access: 'signed-in',
    route: statementPdfRoute,
  },
  { path: `${account}/invoices.csv`, access: 'account', route: listInvoicesRoute, query: { format: 'csv' } },
  {
    path: '/console/files/events.ndjson',
    access: 'admin',
    route: listEventsRoute,
    query: { format: 'ndjson' },
  },
];
