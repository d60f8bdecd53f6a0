/** Bodies of `PUT seller` and `PUT customers/:tenant_id`, with check digits that hold. */
export const sellerBody = {
  legal_name: 'Skyai Cloud Pty Ltd',
  tax_id: '51 824 753 556',
  address: {
    lines: ['Level 3', '120 Collins Street'],
    city: 'Melbourne',
    region: 'VIC',
    postcode: '3000',
    country: 'AU',
  },
  email: 'billing@skyai.example',
  phone: '+61 3 9000 0000',
  bank: {
    name: 'Bank of Melbourne',
    account_name: 'Skyai Cloud Pty Ltd',
    bsb: '063-000',
    account_number: '1234 5678',
  },
  invoice_prefix: 'SKY',
  footer: 'Thank you for your business.',
};

export const customerBody = {
  legal_name: 'Acme Widgets Pty Ltd',
  trading_name: 'Acme',
  tax_id: '83 914 571 673',
  address: {
    lines: ['1 Example Street'],
    city: 'Sydney',
    region: 'NSW',
    postcode: '2000',
    country: 'AU',
  },
  emails: { billing: ['accounts@acme.example', 'cfo@acme.example'] },
  contact: 'Wilma Example',
  net_days: 30,
  po_number: 'PO-4711',
  locale: 'en-AU',
};
