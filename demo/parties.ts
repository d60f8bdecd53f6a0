// Seller and customer of the demo.
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import { demoTenant } from './demo-setup.ts';
import { said, type DemoSteps } from './steps.ts';

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

/** The customer whose month it is. */
const customer = {
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
};

/** Names the two parties of the month's invoice, before it is issued. */
export async function nameParties(admin: Api, steps: DemoSteps): Promise<void> {
  await steps.run('Seller and customer', async () => {
    await admin.put('seller', seller, answers.anything);
    await admin.put(`customers/${demoTenant}`, customer, answers.anything);
    return said(`${seller.legal_name} sells to ${customer.legal_name}`);
  });
}
