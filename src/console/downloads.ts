import {
  correctionPdfRoute,
  correctionUblRoute,
  invoicePdfRoute,
  invoiceUblRoute,
  receiptRoute,
  statementPdfRoute,
} from '../http/routes/document-files.ts';
import { listInvoicesRoute } from '../http/routes/invoice-list.ts';
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
