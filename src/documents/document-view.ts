/**
 * What documents show: frozen content, made of facts by `src/processes/documents`, and turned into bytes by
 * the renderers of this room. Plain JSON: amounts are integer cents, quantities decimal strings, days
 * `YYYY-MM-DD`.
 */

/** A postal address; `country` is an ISO 3166-1 alpha-2 code. */
export interface AddressView {
  lines: string[];
  city: string;
  region: string | null;
  postcode: string | null;
  country: string;
}

/** The operator's company. */
export interface SellerView {
  legal_name: string;
  tax_id: string;
  address: AddressView;
  email: string;
  phone: string | null;
  bank: {
    name: string;
    account_name: string;
    bsb: string | null;
    account_number: string | null;
    iban: string | null;
    bic: string | null;
  };
  footer: string | null;
}

/** The customer. */
export interface BuyerView {
  tenant_id: string;
  legal_name: string;
  trading_name: string | null;
  tax_id: string | null;
  address: AddressView;
  emails: { billing: string[] };
  contact: string | null;
  po_number: string | null;
  /** BCP 47; null: `en-AU`. */
  locale: string | null;
}

/** A line. Days are set where the line is for a part of the period. */
export interface DocumentLineView {
  line_no: number;
  deployment_id: string | null;
  kind: string;
  resource_kind: string | null;
  description: string;
  from: string | null;
  /** Inclusive. */
  to: string | null;
  qty: string;
  unit: string;
  /** Exact decimal. */
  unit_price_cents: string;
  amount_cents: number;
}

/** The lines of one deployment; `deployment_id` null: lines of none. */
export interface LineGroupView {
  deployment_id: string | null;
  slug: string | null;
  display_name: string | null;
  lines: DocumentLineView[];
  subtotal_cents: number;
}

/** What one rate of tax comes to. */
export interface TaxView {
  name: string;
  /** `0.10` is ten percent. */
  rate: string;
  taxable_cents: number;
  tax_cents: number;
}

/** An issued invoice, or a credit or debit note; amounts of a credit note are negative. */
export interface InvoiceView {
  kind: 'invoice' | 'credit_note' | 'debit_note';
  number: string;
  seller: SellerView;
  buyer: BuyerView;
  currency: string;
  issued_on: string;
  due_on: string;
  /** First and inclusive last day of the month. */
  period_start: string;
  period_end: string;
  /** The invoice that a note corrects. */
  corrects: { number: string; issued_on: string } | null;
  /** Of a note. */
  reason: string | null;
  /** Whether a note is goodwill. */
  goodwill: boolean;
  groups: LineGroupView[];
  subtotal_cents: number;
  taxes: TaxView[];
  tax_cents: number;
  total_cents: number;
  /** Paid from the customer's balance when it was issued. */
  paid_cents: number;
  due_cents: number;
}

/** A payment that was received. */
export interface ReceiptView {
  kind: 'receipt';
  number: string;
  seller: SellerView;
  buyer: BuyerView;
  currency: string;
  received_on: string;
  method: string;
  reference: string;
  amount_cents: number;
  /** What it paid when it was received; the rest is the balance. */
  allocations: { number: string; amount_cents: number }[];
  balance_cents: number;
}

/** A customer's account between two days, both included. */
export interface StatementView {
  kind: 'statement';
  seller: SellerView;
  buyer: BuyerView;
  currency: string;
  from: string;
  to: string;
  opening_cents: number;
  entries: {
    on: string;
    kind: string;
    description: string;
    /** Positive: owed by the customer. */
    amount_cents: number;
    /** What is owed after it. */
    balance_cents: number;
  }[];
  closing_cents: number;
}

export type DocumentView = InvoiceView | ReceiptView | StatementView;
