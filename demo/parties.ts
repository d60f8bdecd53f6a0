// Seller and customers of the demo.
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import { demoTenant } from './demo-setup.ts';
import { said, type DemoSteps } from './steps.ts';

/** A bookshop: its plan changes in the middle of April, and its March is paid in part. */
export const bookshop = 'harbour-books';
/** A law firm: it uses a language model beyond its allowance, and has not paid for March. */
export const lawFirm = 'lumen-legal';

/** The operator's company, as it stands on invoices. */
const seller = {
  legal_name: 'Skyai Cloud Pty Ltd',
  tax_id: '18 123 456 789',
  address: {
    lines: ['Level 3, 20 Bridge Street'],
    city: 'Sydney',
    region: 'NSW',
    postcode: '2000',
    country: 'AU',
  },
  email: 'accounts@skyai.example',
  phone: '+61 2 5550 1234',
  bank: {
    name: 'Example Bank',
    account_name: 'Skyai Cloud Pty Ltd',
    bsb: '062-000',
    account_number: '12345678',
  },
  invoice_prefix: 'SKY',
  footer: 'Thank you for your business.',
};

const profiles = {
  [demoTenant]: {
    legal_name: 'Dashboard Pilot Pty Ltd',
    trading_name: 'Dashboard Pilot',
    tax_id: '80 987 654 321',
    address: {
      lines: ['Suite 5', '118 Lonsdale Street'],
      city: 'Melbourne',
      region: 'VIC',
      postcode: '3000',
      country: 'AU',
    },
    emails: { billing: ['accounts@dashboard-pilot.example'] },
    contact: 'Robin Lee',
    net_days: 14,
    po_number: 'PO-2026-117',
  },
  [bookshop]: {
    legal_name: 'Harbour Books Pty Ltd',
    trading_name: 'Harbour Books',
    address: {
      lines: ['9 Salamanca Place'],
      city: 'Hobart',
      region: 'TAS',
      postcode: '7000',
      country: 'AU',
    },
    emails: { billing: ['office@harbour-books.example'] },
    contact: 'Asha Nair',
    net_days: 45,
  },
  [lawFirm]: {
    legal_name: 'Lumen Legal Pty Ltd',
    address: {
      lines: ['Level 11', '55 Eagle Street'],
      city: 'Brisbane',
      region: 'QLD',
      postcode: '4000',
      country: 'AU',
    },
    emails: { billing: ['accounts@lumen-legal.example', 'partners@lumen-legal.example'] },
    contact: 'Jo Park',
    net_days: 14,
    po_number: 'LL-0042',
  },
} as const;

/** Names the seller, and the customers that are there before the sample month. */
export async function nameEarlierParties(admin: Api, steps: DemoSteps): Promise<void> {
  await steps.run('Seller, and two customers since 1 March', async () => {
    await admin.put('seller', seller, answers.anything);
    for (const tenant of [bookshop, lawFirm] as const)
      await admin.put(`customers/${tenant}`, profiles[tenant], answers.anything);
    return said(
      `${seller.legal_name} sells to ${profiles[bookshop].trading_name} and ${profiles[lawFirm].legal_name}`,
    );
  });
}

/** Names the customer of the sample month, before its invoice is issued. */
export async function nameCustomer(admin: Api, steps: DemoSteps): Promise<void> {
  await steps.run('The customer of the month', async () => {
    await admin.put(`customers/${demoTenant}`, profiles[demoTenant], answers.anything);
    return said(profiles[demoTenant].legal_name);
  });
}
