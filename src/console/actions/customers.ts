import { importCustomersRoute } from '../../http/routes/customer-import.ts';
import { customerLinkRoute } from '../../http/routes/customer-link.ts';
import { eraseCustomerRoute, setCustomerRoute } from '../../http/routes/customers.ts';
import { defineAction } from '../action.ts';
import { addressFields } from './address-fields.ts';

const customerPage = (tenantId: string): string => `/console/customers/${encodeURIComponent(tenantId)}`;

export const giveLink = defineAction({
  name: 'give-link',
  route: customerLinkRoute,
  title: 'A link for the customer',
  submit: 'Make a link',
  fields: [],
  done: ({ data }) => ({
    text: `Until ${data.expires_at.slice(11, 16)} UTC this link shows the customer's pages, read only.`,
    link: data.url,
  }),
});

/** Sets a customer's whole profile from a day on. */
export const setCustomer = defineAction({
  name: 'set-customer',
  route: setCustomerRoute,
  title: 'Profile',
  submit: 'Save the profile',
  fields: [
    { name: 'legal_name', label: 'Legal name', kind: 'text', required: true, empty: 'keep' },
    { name: 'trading_name', label: 'Trading name', kind: 'text', empty: 'null' },
    {
      name: 'tax_id',
      label: 'Tax number',
      kind: 'text',
      empty: 'null',
      hint: 'In Australia an ABN, with its check digits.',
    },
    {
      name: 'emails.billing',
      label: 'Billing mail',
      kind: 'lines',
      required: true,
      empty: 'keep',
      hint: 'One address a line. Invoices and notices go there.',
    },
    ...addressFields,
    { name: 'contact', label: 'Contact', kind: 'text', empty: 'null' },
    { name: 'net_days', label: 'Days to pay', kind: 'integer', empty: 'null', hint: '14 unless you say so.' },
    { name: 'po_number', label: 'Purchase order', kind: 'text', empty: 'null' },
    {
      name: 'locale',
      label: 'Language',
      kind: 'text',
      empty: 'null',
      hint: 'A tag such as en-AU, for documents and mail.',
    },
    {
      name: 'effective_from',
      label: 'In force from',
      kind: 'day',
      hint: 'Today unless you say so. Documents of earlier days keep the profile before.',
    },
  ],
  done: ({ data }) => ({
    text: `The profile of ${data.tenant_id} is in force from ${data.effective_from}.`,
    to: `${customerPage(data.tenant_id)}?tab=profile`,
  }),
});

/** Destroys the keys of a customer's personal data. */
export const eraseCustomer = defineAction({
  name: 'erase-customer',
  route: eraseCustomerRoute,
  title: 'Erase personal data',
  submit: 'Erase for ever',
  tone: 'danger',
  fields: [
    {
      name: 'confirm',
      label: 'Tenant id, to confirm',
      kind: 'text',
      required: true,
      empty: 'keep',
      hint: 'Type it again.',
    },
  ],
  done: ({ data }) => ({
    text:
      `The personal data of ${data.tenant_id} are erased. ${data.documents.count} frozen documents stay` +
      `${data.documents.retain_until === null ? '' : ` until ${data.documents.retain_until}`}.`,
    to: `${customerPage(data.tenant_id)}?tab=profile`,
  }),
});

/** Takes customers in from CSV, all of them or none. */
export const importCustomers = defineAction({
  name: 'import-customers',
  route: importCustomersRoute,
  title: 'Import customers',
  submit: 'Import',
  fields: [
    {
      name: 'csv',
      label: 'CSV',
      kind: 'textarea',
      required: true,
      empty: 'keep',
      hint: 'With its header. Paste the whole file, at most 1 MB.',
    },
    { name: 'dry_run', label: 'Only check it, and write nothing', kind: 'checkbox' },
  ],
  done: ({ data: { dry_run, rows, errors, would } }) => {
    const added = [
      `${would.customers} customers`,
      `${would.deployments} deployments`,
      `${would.subscriptions} subscriptions`,
      `${would.addons} addons`,
      `${would.opening_balances} opening balances`,
    ].join(', ');
    if (!dry_run) return { text: `${rows} rows are in: ${added} are new.`, to: '/console/customers' };
    return {
      text:
        errors.length === 0
          ? `${rows} rows without an error. They would add ${added}. Nothing is written yet: ` +
            'to import them, take the mark off below and send the form again.'
          : `${errors.length} errors in ${rows} rows. Nothing was written.`,
      again: { errors },
    };
  },
});

/** What is done to customers. */
export const customerActions = [giveLink, setCustomer, eraseCustomer, importCustomers];
