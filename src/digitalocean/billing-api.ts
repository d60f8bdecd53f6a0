import { z } from 'zod';
import { readObject, timeSchema } from './normalise/shared.ts';
import { listAll } from './paging.ts';
import { readAnswer } from './read-answer.ts';
import type { Transport } from './transport.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { UsdFormatError, usdToCents } from './usd.ts';
import { pathPart } from './path-part.ts';

/** All amounts are integer cents of a US dollar: DigitalOcean bills in no other currency. */
interface Balance {
  month_to_date_balance_cents: number;
  account_balance_cents: number;
  month_to_date_usage_cents: number;
  /** When DigitalOcean computed it; it may be old. */
  generated_at: string | null;
}

export interface BillingHistoryEntry {
  /** Invoice, Payment, Credit, Refund and others. Entries have no id: two can be equal in every field. */
  type: string;
  description: string;
  amount_cents: number;
  date: string | null;
  invoice_id: string | null;
  invoice_uuid: string | null;
}

export interface ListedProviderInvoice {
  uuid: string;
  /** The number that is printed on the invoice; older answers lack it. */
  invoice_id: string | null;
  /** First day of the month that is billed, YYYY-MM-01. */
  period: string;
  amount_cents: number;
}

export interface InvoiceSummary {
  uuid: string;
  invoice_id: string | null;
  /** First day of the month that is billed, YYYY-MM-01. */
  billing_period: string;
  amount_cents: number;
  /** The four groups that make up the amount; null where the answer lacks one. */
  product_charges_cents: number | null;
  overages_cents: number | null;
  taxes_cents: number | null;
  credits_and_adjustments_cents: number | null;
}

export interface InvoiceItem {
  product: string;
  description: string;
  group_description: string | null;
  amount_cents: number;
  started_at: string | null;
  ended_at: string | null;
  /** Which resource the item is for, where DigitalOcean says: a number for droplets, a UUID for others. */
  resource_id: string | null;
  resource_uuid: string | null;
  project_name: string | null;
  category: string | null;
}

export interface BillingApi {
  getBalance(): Promise<Balance>;
  /** Every entry ever, in DigitalOcean's order, from an API that pages it or gives it whole. */
  listBillingHistory(): Promise<BillingHistoryEntry[]>;
  /** Final invoices only, without the preview of the current month. */
  listInvoices(): Promise<ListedProviderInvoice[]>;
  getInvoiceSummary(uuid: string): Promise<InvoiceSummary>;
  /** The CSV's text, not yet parsed (see readInvoiceCsv). */
  getInvoiceCsv(uuid: string): Promise<string>;
  /**
   * The invoice's JSON form, which names resources by id. Throws `not-found` where it does not exist (yet).
   */
  getInvoiceItems(uuid: string): Promise<InvoiceItem[]>;
}

/** An amount in dollars as integer cents: exact, or the answer is malformed. */
const centsSchema = z.union([z.string(), z.number()]).transform((amount, context) => {
  try {
    return usdToCents(String(amount));
  } catch (error) {
    if (!(error instanceof UsdFormatError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const periodSchema = z
  .string()
  .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/)
  .transform((month) => `${month}-01`);
const groupSchema = z
  .object({ amount: centsSchema })
  .nullish()
  .transform((group) => group?.amount ?? null);
const optionalIdSchema = z
  .union([z.int(), z.string()])
  .nullish()
  .transform((id) => (id === null || id === undefined || id === '' ? null : String(id)));
/** An invoice's uuid names its stream and is part of paths: other text is refused. */
const uuidForm = /^\w[\w-]{0,99}$/;
const uuidSchema = z.string().regex(uuidForm, 'expected an invoice uuid');
const optionalUuidSchema = z
  .string()
  .nullish()
  .transform((uuid) => (uuid !== null && uuid !== undefined && uuidForm.test(uuid) ? uuid : null));
/** The printed number of an invoice, which is stored. */
const invoiceNumberSchema = optionalIdSchema.transform((id) =>
  id === null ? null : quotedText(id, [], 100),
);
const optionalTextSchema = z
  .string()
  .nullish()
  .transform((text) => text || null);

const balanceSchema = z
  .object({
    month_to_date_balance: centsSchema,
    account_balance: centsSchema,
    month_to_date_usage: centsSchema,
    generated_at: timeSchema,
  })
  .transform((balance): Balance => ({
    month_to_date_balance_cents: balance.month_to_date_balance,
    account_balance_cents: balance.account_balance,
    month_to_date_usage_cents: balance.month_to_date_usage,
    generated_at: balance.generated_at,
  }));

const historySchema = z
  .object({
    type: z.string(),
    description: z.string(),
    amount: centsSchema,
    date: timeSchema,
    invoice_id: invoiceNumberSchema,
    invoice_uuid: optionalUuidSchema,
  })
  .transform(({ amount, ...entry }): BillingHistoryEntry => ({ ...entry, amount_cents: amount }));

const invoiceSchema = z
  .object({
    invoice_uuid: uuidSchema,
    invoice_id: invoiceNumberSchema,
    invoice_period: periodSchema,
    amount: centsSchema,
  })
  .transform((invoice): ListedProviderInvoice => ({
    uuid: invoice.invoice_uuid,
    invoice_id: invoice.invoice_id,
    period: invoice.invoice_period,
    amount_cents: invoice.amount,
  }));

const summarySchema = z
  .object({
    invoice_uuid: uuidSchema,
    invoice_id: invoiceNumberSchema,
    billing_period: periodSchema,
    amount: centsSchema,
    product_charges: groupSchema,
    overages: groupSchema,
    taxes: groupSchema,
    credits_and_adjustments: groupSchema,
  })
  .transform((summary): InvoiceSummary => ({
    uuid: summary.invoice_uuid,
    invoice_id: summary.invoice_id,
    billing_period: summary.billing_period,
    amount_cents: summary.amount,
    product_charges_cents: summary.product_charges,
    overages_cents: summary.overages,
    taxes_cents: summary.taxes,
    credits_and_adjustments_cents: summary.credits_and_adjustments,
  }));

const itemSchema = z
  .object({
    product: z.string(),
    description: z
      .string()
      .nullish()
      .transform((text) => text ?? ''),
    group_description: optionalTextSchema,
    amount: centsSchema,
    start_time: timeSchema,
    end_time: timeSchema,
    resource_id: optionalIdSchema,
    resource_uuid: optionalIdSchema,
    project_name: optionalTextSchema,
    category: optionalTextSchema,
  })
  .transform(({ amount, start_time, end_time, ...item }): InvoiceItem => ({
    ...item,
    amount_cents: amount,
    started_at: start_time,
    ended_at: end_time,
  }));

const root = '/v2/customers/my';

/** The billing endpoints. A listing is complete, or throws DigitalOceanError. */
export function createBillingApi(transport: Transport): BillingApi {
  const invoicePath = (uuid: string): string => `${root}/invoices/${pathPart(uuid)}`;
  return {
    async getBalance() {
      const path = `${root}/balance`;
      return readAnswer(balanceSchema, await transport.getJson(path, 'billing'), path);
    },
    listBillingHistory: () =>
      listAll(transport, {
        path: `${root}/billing_history`,
        rootKey: 'billing_history',
        read: (raw, where) => readObject(historySchema, raw, where),
        keyOf: null,
        priority: 'billing',
      }),
    listInvoices: () =>
      listAll(transport, {
        path: `${root}/invoices`,
        rootKey: 'invoices',
        read: (raw, where) => readObject(invoiceSchema, raw, where),
        keyOf: (invoice) => invoice.uuid,
        priority: 'billing',
      }),
    async getInvoiceSummary(uuid) {
      const path = `${invoicePath(uuid)}/summary`;
      return readAnswer(summarySchema, await transport.getJson(path, 'billing'), path);
    },
    getInvoiceCsv: (uuid) => transport.getText(`${invoicePath(uuid)}/csv`, 'text/csv', 'billing'),
    getInvoiceItems: (uuid) =>
      listAll(transport, {
        path: invoicePath(uuid),
        rootKey: 'invoice_items',
        read: (raw, where) => readObject(itemSchema, raw, where),
        keyOf: null,
        priority: 'billing',
      }),
  };
}
