// What to try while the demo stays up: the console first, then the API.
import { demoNow, demoTenant, type DemoSetup } from './demo-setup.ts';
import { section, type Style } from './text.ts';

/** The number of the invoice that the demo has issued. */
const firstInvoice = 'SKY-2026-000003';

/** A way into the console, and what to do there. */
function consoleSection({ links, dataDir }: Pick<DemoSetup, 'links' | 'dataDir'>, style: Style): string[] {
  const step = (page: string, what: string): string => `  ${style.bold(page.padEnd(10))} ${what}`;
  return [
    ...section('The console is open', style, 'Ctrl-C stops it'),
    `  ${links.admin}`,
    '',
    '  The link signs you in once, as the operator. April is yours to finish:',
    '',
    step('Close', 'see what stands before it, preview the invoices of two tenants, issue them'),
    step('Invoices', `open ${firstInvoice}, and its line of overage: why is it 21.12?`),
    step('Costs', 'link a line without a resource, such as shop-old, to one'),
    step('Invoice', `send the PDF (mail stays in ${dataDir}/mail), record the 28.23 that are open`),
    '',
    `  As tenant ${demoTenant}, with its own pages only:`,
    '',
    `  ${links.tenant}`,
  ];
}

/** The console, and requests to try while the service stays up. */
export function invitation(
  setup: Pick<DemoSetup, 'url' | 'adminToken' | 'tenantToken' | 'links' | 'dataDir'>,
  style: Style,
): string[] {
  const { url, adminToken, tenantToken } = setup;
  const curl = (token: string, path: string): string =>
    `  curl -s -H 'Authorization: Bearer ${token}' '${url}/api/v1/${path}'`;
  return [
    ...consoleSection(setup, style),
    ...section('The API is open, too', style),
    `  URL    ${url}`,
    `  Docs   ${url}/api/docs`,
    `  Today  ${demoNow.slice(0, 10)}, as far as the demo is concerned`,
    '',
    `  ${style.bold('As a platform admin')} (sees all tenants)`,
    '',
    curl(adminToken, 'dashboard/margin?period=2026-04'),
    '',
    `  ${style.bold(`As tenant ${demoTenant}`)} (sees its own)`,
    '',
    curl(tenantToken, 'invoices'),
    '',
  ];
}
