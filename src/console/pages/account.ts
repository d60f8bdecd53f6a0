import type { ConsolePage } from '../page.ts';
import { accountDeploymentPage } from './account/deployment.tsx';
import { accountDeploymentsPage } from './account/deployments.tsx';
import { accountHomePage } from './account/home.tsx';
import { accountInvoicePage } from './account/invoice.tsx';
import { accountInvoicesPage } from './account/invoices.tsx';
import { accountNoticesPage } from './account/notices.tsx';
import { accountPaymentsPage } from './account/payments.tsx';
import { accountProfilePage } from './account/profile.tsx';
import { accountQuotePage } from './account/quote.tsx';
import { accountStatementPage } from './account/statement.tsx';

/** A tenant's own pages, in the order of their navigation. */
export const accountPages: readonly ConsolePage[] = [
  accountHomePage,
  accountInvoicesPage,
  accountInvoicePage,
  accountPaymentsPage,
  accountStatementPage,
  accountDeploymentsPage,
  accountDeploymentPage,
  accountQuotePage,
  accountNoticesPage,
  accountProfilePage,
];
