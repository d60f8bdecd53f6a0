// Balance, billing history and invoices in their three forms.
import { textOf, type ApiObject } from './json.ts';
import type { Account, SimulatedInvoice, SimulatedInvoiceItem } from './types.ts';
import type { VirtualClock } from './clock.ts';
import { errorAnswer, jsonAnswer, type SimulatedAnswer } from './answer.ts';
import { buildInvoice, periodName } from './invoices.ts';
import { itemsOf } from './invoice-money.ts';
import { pageAnswer } from './paging.ts';
import { stableUuid } from './random.ts';
import type { SimulatedRoute, RouteContext } from './route.ts';

const BILLING = 'billing:read';

/** The preview as set, else one row that bills the balance's usage to the running month. */
const previewOf = (account: Account, clock: VirtualClock): SimulatedInvoice => {
  if (account.invoice_preview !== undefined) return account.invoice_preview;
  const period = clock.iso().slice(0, 7);
  const usage = textOf(account.balance['month_to_date_usage']) || '0.00';
  const csv =
    'product,group_description,description,hours,start,end,USD,project_name,category\n' +
    `Droplets,,usage so far,,${period}-01 00:00:00 +0000,` +
    `${clock.iso().slice(0, 10)} 00:00:00 +0000,$${usage},,iaas\n`;
  return buildInvoice({ period, csv, amount: usage, uuid: stableUuid(`preview ${period}`) });
};

const headOf = ({ invoice_uuid, invoice_id, amount, invoice_period }: SimulatedInvoice): ApiObject => ({
  invoice_uuid,
  invoice_id,
  amount,
  invoice_period,
});

const isDue = (clock: VirtualClock, at: string | undefined): boolean =>
  at === undefined || clock.now() >= Date.parse(at);

const listInvoices = (context: RouteContext): SimulatedAnswer => {
  const { account, clock } = context;
  const listed = account.invoices
    .filter((invoice) => isDue(clock, invoice.availability?.list_at))
    .sort((a, b) => (a.invoice_period < b.invoice_period ? 1 : a.invoice_period > b.invoice_period ? -1 : 0));
  const page = pageAnswer(context, 'invoices', listed, headOf);
  if (page.json === undefined || page.status !== 200) return page;
  const { invoices, ...rest } = page.json;
  const preview = { ...headOf(previewOf(account, clock)), updated_at: clock.iso() };
  return { ...page, json: { invoices, invoice_preview: preview, ...rest } };
};

const derivedItems = new WeakMap<SimulatedInvoice, { csv: string | Buffer; items: SimulatedInvoiceItem[] }>();

/** The JSON form: as set, else derived from the CSV, once per CSV for all of its pages. */
const itemsOfInvoice = (invoice: SimulatedInvoice): SimulatedInvoiceItem[] => {
  if (invoice.items !== undefined) return invoice.items;
  const known = derivedItems.get(invoice);
  if (known?.csv === invoice.csv) return known.items;
  const items = itemsOf(invoice.csv);
  derivedItems.set(invoice, { csv: invoice.csv, items });
  return items;
};

/** The preview, if it goes by this name. */
const previewNamed = ({ account, clock }: RouteContext, name: string | undefined) => {
  const preview = previewOf(account, clock);
  return name === 'preview' || name === preview.invoice_uuid ? preview : undefined;
};

type Form = 'summary_at' | 'csv_at' | 'items_at';

const invoiceRoute = (
  suffix: string,
  form: Form,
  serve: (context: RouteContext, invoice: SimulatedInvoice) => SimulatedAnswer,
): SimulatedRoute => ({
  method: 'GET',
  path: `/v2/customers/my/invoices/:uuid${suffix}`,
  scope: BILLING,
  handle: (context, params) => {
    // A final invoice may have its preview's UUID: the final one comes first.
    const final = context.account.invoices.find((candidate) => candidate.invoice_uuid === params['uuid']);
    const invoice = final ?? previewNamed(context, params['uuid']);
    if (invoice === undefined) return errorAnswer(404);
    if (!isDue(context.clock, invoice.availability?.[form]))
      return errorAnswer(invoice.availability?.missing_status ?? 404);
    return serve(context, invoice);
  },
});

const csvAnswer = (invoice: SimulatedInvoice): SimulatedAnswer => {
  const month = `${invoice.invoice_period.slice(0, 4)} ${periodName(invoice.invoice_period).slice(0, 3)}`;
  const name = `DigitalOcean Invoice ${month} (258992-${invoice.invoice_id}).csv`;
  return {
    status: 200,
    raw: invoice.csv,
    headers: {
      'content-type': 'text/csv',
      'content-disposition': `attachment; filename="${name}"`,
    },
  };
};

const history = (context: RouteContext): SimulatedAnswer => {
  const { account, options } = context;
  const whole = jsonAnswer({
    billing_history: account.billing_history,
    links: {},
    meta: { total: account.billing_history.length },
  });
  const answer =
    options.billingHistoryPaging === 'ignored'
      ? whole
      : pageAnswer(context, 'billing_history', account.billing_history, (entry) => entry);
  return options.billingHistoryTotal || answer.json === undefined
    ? answer
    : { ...answer, json: { ...answer.json, meta: {} } };
};

export const billingEndpoints: SimulatedRoute[] = [
  {
    method: 'GET',
    path: '/v2/customers/my/balance',
    scope: BILLING,
    handle: ({ account }) => jsonAnswer({ ...account.balance }),
  },
  { method: 'GET', path: '/v2/customers/my/billing_history', scope: BILLING, handle: history },
  { method: 'GET', path: '/v2/customers/my/invoices', scope: BILLING, handle: listInvoices },
  invoiceRoute('', 'items_at', (context, invoice) =>
    pageAnswer(context, 'invoice_items', itemsOfInvoice(invoice), (item) => item),
  ),
  invoiceRoute('/summary', 'summary_at', (_context, invoice) => jsonAnswer(invoice.summary)),
  invoiceRoute('/csv', 'csv_at', (_context, invoice) => csvAnswer(invoice)),
];
