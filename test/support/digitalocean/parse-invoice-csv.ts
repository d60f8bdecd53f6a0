import { invoiceCsvSteps, type InvoiceCsv } from '../../../src/digitalocean/invoice-csv.ts';
import { atOnce } from '../../../src/runtime/in-turns.ts';

/** Reads an invoice's CSV at once. */
export const parseInvoiceCsv = (text: string): InvoiceCsv => atOnce(invoiceCsvSteps(text));
