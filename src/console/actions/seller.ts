import { setFxRateRoute } from '../../http/routes/fx.ts';
import { setSellerRoute } from '../../http/routes/seller.ts';
import { setTaxRateRoute } from '../../http/routes/tax-rates.ts';
import { defineAction } from '../action.ts';
import { addressFields } from './address-fields.ts';

/** Sets the seller as it stands on documents from a day on. */
export const setSeller = defineAction({
  name: 'set-seller',
  route: setSellerRoute,
  title: 'Seller',
  submit: 'Save the seller',
  fields: [
    { name: 'legal_name', label: 'Legal name', kind: 'text', required: true },
    { name: 'tax_id', label: 'Tax number', kind: 'text', required: true, hint: 'In Australia the ABN.' },
    {
      name: 'invoice_prefix',
      label: 'Invoice prefix',
      kind: 'text',
      required: true,
      hint: 'Capital letters and digits: SKY gives SKY-2026-000001.',
    },
    { name: 'email', label: 'E-mail', kind: 'email', required: true },
    { name: 'phone', label: 'Phone', kind: 'text', empty: 'null' },
    { name: 'effective_from', label: 'From day', kind: 'day', hint: 'Today where it is left empty.' },
    ...addressFields,
    { name: 'bank.name', label: 'Bank', kind: 'text', required: true, empty: 'keep' },
    { name: 'bank.account_name', label: 'Account name', kind: 'text', required: true, empty: 'keep' },
    { name: 'bank.bsb', label: 'BSB', kind: 'text', empty: 'null' },
    { name: 'bank.account_number', label: 'Account number', kind: 'text', empty: 'null' },
    { name: 'bank.iban', label: 'IBAN', kind: 'text', empty: 'null', hint: 'Where there is no BSB.' },
    { name: 'bank.bic', label: 'BIC', kind: 'text', empty: 'null' },
    { name: 'footer', label: 'Footer of documents', kind: 'textarea', empty: 'null' },
  ],
  done: ({ data }) => ({ text: `The seller is ${data.legal_name} from ${data.effective_from} on.` }),
});

/** Sets a tax rate from a day on. */
export const setTaxRate = defineAction({
  name: 'set-tax-rate',
  route: setTaxRateRoute,
  title: 'Set a tax rate',
  submit: 'Set the tax rate',
  fields: [
    { name: 'name', label: 'Name', kind: 'text', required: true, placeholder: 'GST' },
    { name: 'rate', label: 'Rate', kind: 'decimal', required: true, hint: 'As a share: 0.1 is 10 %.' },
    { name: 'effective_from', label: 'From day', kind: 'day', required: true },
    { name: 'tenant_id', label: 'Tenant', kind: 'text', empty: 'null', hint: 'Empty: for all tenants.' },
    {
      name: 'reason',
      label: 'Reason',
      kind: 'text',
      empty: 'null',
      hint: 'Needed where a tenant is exempt (rate 0).',
    },
  ],
  done: ({ data }) => ({ text: `${data.name} is ${data.rate} from ${data.effective_from} on.` }),
});

/** Sets an exchange rate from a day on. */
export const setFxRate = defineAction({
  name: 'set-fx-rate',
  route: setFxRateRoute,
  title: 'Set an exchange rate',
  submit: 'Set the exchange rate',
  fields: [
    // The form's own `from` is the page that it leads back to.
    { name: 'from_currency', label: 'From currency', kind: 'text', required: true, placeholder: 'USD' },
    { name: 'to_currency', label: 'To currency', kind: 'text', required: true, placeholder: 'AUD' },
    {
      name: 'rate',
      label: 'Rate',
      kind: 'decimal',
      required: true,
      hint: 'One of the first buys so much of the second.',
    },
    { name: 'effective_from', label: 'From day', kind: 'day', hint: 'Today where it is left empty.' },
  ],
  body: ({ from_currency: from, to_currency: to, ...rate }) => ({ from, to, ...rate }),
  done: ({ data }) => ({
    text: `1 ${data.from} buys ${data.rate} ${data.to} from ${data.effective_from} on.`,
  }),
});
