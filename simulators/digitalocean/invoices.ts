// Changes of billing in the account: closing a month, replacing a form of an invoice, moving the balance.
import type {
  Account,
  BillingEntry,
  SimulatedInvoice,
  InvoiceAvailability,
  SimulatedInvoiceItem,
} from './types.ts';
import type { ApiObject } from './json.ts';
import { isoSeconds, type VirtualClock } from './clock.ts';
import { amountText, itemsOf, readableRows, sumOf } from './invoice-money.ts';
import { stableUuid } from './random.ts';

export interface NewInvoice {
  /** 'YYYY-MM' */
  period: string;
  csv: string | Buffer;
  uuid?: string;
  invoiceId?: string;
  /**
   * Decimal USD; default: the sum of the CSV (0.00 for one that cannot be read). Another amount makes an
   * invoice whose lines do not add up.
   */
  amount?: string;
  /** Laid over the summary that is derived from the CSV. */
  summary?: ApiObject;
  items?: SimulatedInvoiceItem[];
  availability?: InvoiceAvailability;
  /** Virtual ISO time at which its row appears in the billing history: default now, null never. */
  historyAt?: string | null;
}

export interface Billing {
  addInvoice(invoice: NewInvoice): SimulatedInvoice;
  /**
   * Replaces one form of an invoice in place, as a reissue without notice. The JSON form stays as it was
   * where the CSV cannot be read.
   */
  setInvoiceCsv(uuid: string, csv: string | Buffer): void;
  setInvoiceItems(uuid: string, items: SimulatedInvoiceItem[]): void;
  setInvoiceSummary(uuid: string, fields: ApiObject): void;
  setAvailability(uuid: string, availability: InvoiceAvailability): void;
  /** The running month's invoice; without a uuid it has one of its own. */
  setPreview(invoice: NewInvoice): SimulatedInvoice;
  /** Adds a row at the top of the history, or wherever its date puts it. */
  addBillingEntry(entry: BillingEntry): void;
  setBalance(fields: ApiObject): void;
}

const summaryOf = (
  head: { uuid: string; invoiceId: string; period: string; amount: string },
  csv: string | Buffer,
): ApiObject => {
  const rows = readableRows(csv) ?? [];
  const taxes = sumOf(rows, 'Taxes');
  const credits = sumOf(rows, 'Credits');
  const products = [...new Set(rows.map((row) => row['product'] ?? ''))].filter(
    (name) => name !== 'Taxes' && name !== 'Credits',
  );
  return {
    invoice_uuid: head.uuid,
    invoice_id: head.invoiceId,
    billing_period: head.period,
    amount: head.amount,
    user_name: 'Example Operator',
    user_company: 'Example Pty Ltd',
    user_email: 'ops@example.com',
    product_charges: {
      name: 'Product usage charges',
      amount: amountText(sumOf(rows) - taxes - credits),
      items: products.map((name) => ({
        name,
        amount: amountText(sumOf(rows, name)),
        count: String(rows.filter((row) => row['product'] === name).length),
      })),
    },
    overages: { name: 'Overages', amount: '0.00' },
    taxes: { name: 'Taxes', amount: amountText(taxes) },
    credits_and_adjustments: { name: 'Credits & adjustments', amount: amountText(credits) },
  };
};

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** 'April 2026' for '2026-04'. */
export const periodName = (period: string): string =>
  `${monthNames[Number(period.slice(5, 7)) - 1] ?? period} ${period.slice(0, 4)}`;

/** An invoice with everything that is left out derived from its CSV. */
export const buildInvoice = (input: NewInvoice): SimulatedInvoice => {
  const uuid = input.uuid ?? stableUuid(`invoice ${input.period}`);
  const invoiceId = input.invoiceId ?? `3${input.period.replace('-', '')}`;
  const amount = input.amount ?? amountText(sumOf(readableRows(input.csv) ?? []));
  return {
    invoice_uuid: uuid,
    invoice_id: invoiceId,
    amount,
    invoice_period: input.period,
    summary: { ...summaryOf({ uuid, invoiceId, period: input.period, amount }, input.csv), ...input.summary },
    csv: input.csv,
    ...(input.items === undefined ? {} : { items: input.items }),
    ...(input.availability === undefined ? {} : { availability: input.availability }),
  };
};

const historyEntry = (invoice: SimulatedInvoice, date: string): BillingEntry => ({
  description: `Invoice for ${periodName(invoice.invoice_period)}`,
  amount: invoice.amount,
  invoice_id: invoice.invoice_id,
  invoice_uuid: invoice.invoice_uuid,
  date,
  type: 'Invoice',
});

export const createBilling = (account: Account, clock: VirtualClock): Billing => {
  const find = (uuid: string): SimulatedInvoice => {
    const found = account.invoices.find((invoice) => invoice.invoice_uuid === uuid);
    if (found === undefined) throw new Error(`the account has no invoice ${uuid}`);
    return found;
  };
  const addBillingEntry = (entry: BillingEntry): void => {
    // Newest first: a row with an old date is inserted by its date, as the provider does.
    const place = account.billing_history.findIndex((other) => other.date <= entry.date);
    account.billing_history.splice(place === -1 ? account.billing_history.length : place, 0, entry);
  };

  return {
    addInvoice: (input) => {
      const invoice = buildInvoice(input);
      account.invoices.push(invoice);
      if (input.historyAt === null) return invoice;
      const at = Date.parse(input.historyAt ?? clock.iso());
      clock.schedule(at - clock.now(), () => addBillingEntry(historyEntry(invoice, isoSeconds(at))));
      return invoice;
    },
    setInvoiceCsv: (uuid, csv) => {
      const invoice = find(uuid);
      // A broken CSV does not change the JSON form.
      if (readableRows(csv) === null) invoice.items ??= itemsOf(invoice.csv);
      invoice.csv = csv;
    },
    setInvoiceItems: (uuid, items) => void (find(uuid).items = items),
    setInvoiceSummary: (uuid, fields) => void Object.assign(find(uuid).summary, fields),
    setAvailability: (uuid, availability) => void (find(uuid).availability = availability),
    setPreview: (input) => {
      account.invoice_preview = buildInvoice({ uuid: stableUuid(`preview ${input.period}`), ...input });
      return account.invoice_preview;
    },
    addBillingEntry,
    setBalance: (fields) => void Object.assign(account.balance, fields),
  };
};
