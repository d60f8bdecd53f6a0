import type { ConsolePage } from './page.ts';
import { accountPages } from './pages/account.ts';
import { catalogPage } from './pages/catalog.tsx';
import { closePage } from './pages/close.tsx';
import { correctionPage } from './pages/correction.tsx';
import { correctionsPage } from './pages/corrections.tsx';
import { costSharingPage } from './pages/cost-sharing.tsx';
import { costsPage } from './pages/costs.tsx';
import { customerPage } from './pages/customer/page.tsx';
import { customersPage, importPage, newCustomerPage } from './pages/customers.tsx';
import { deploymentPage } from './pages/deployment/page.tsx';
import { deploymentsPage, newDeploymentPage } from './pages/deployments.tsx';
import { driftPage } from './pages/drift.tsx';
import { eventPage } from './pages/event.tsx';
import { findingPage } from './pages/finding.tsx';
import { inventoryPage } from './pages/inventory.tsx';
import { journalPage } from './pages/journal.tsx';
import { resourcePage } from './pages/resource.tsx';
import { accountSearchPage, searchPage } from './pages/search.tsx';
import { designPage } from './pages/design.tsx';
import { invoicePage } from './pages/invoice.tsx';
import { invoicesPage } from './pages/invoices.tsx';
import { jobRunPage, jobRunsPage } from './pages/job-runs.tsx';
import { jobsPage } from './pages/jobs.tsx';
import { marginPage } from './pages/margin.tsx';
import { newPaymentPage } from './pages/new-payment.tsx';
import { paymentPage } from './pages/payment.tsx';
import { paymentsPage } from './pages/payments.tsx';
import { planPage } from './pages/plan.tsx';
import { previewPage } from './pages/preview.tsx';
import { projectionsPage } from './pages/projections.tsx';
import { projectsPage } from './pages/projects.tsx';
import { providerInvoicePage } from './pages/provider-invoice.tsx';
import { ratesPage } from './pages/rates.tsx';
import { receivablesPage } from './pages/receivables.tsx';
import { sellerPage } from './pages/seller.tsx';
import { usageRecordsPage } from './pages/deployment/usage-records.tsx';
import { verificationPage, verificationsPage } from './pages/verification.tsx';
import { whatIfResultPage } from './pages/what-if-result.tsx';
import { whatIfPage } from './pages/what-if.tsx';

/** Every page of the console, in the order of the navigation. */
export const pages: readonly ConsolePage[] = [
  closePage,
  previewPage,
  invoicesPage,
  invoicePage,
  receivablesPage,
  paymentsPage,
  newPaymentPage,
  paymentPage,
  correctionsPage,
  correctionPage,
  customersPage,
  newCustomerPage,
  importPage,
  customerPage,
  deploymentsPage,
  newDeploymentPage,
  deploymentPage,
  usageRecordsPage,
  catalogPage,
  planPage,
  whatIfPage,
  whatIfResultPage,
  ratesPage,
  jobsPage,
  jobRunsPage,
  jobRunPage,
  projectionsPage,
  verificationsPage,
  verificationPage,
  costsPage,
  providerInvoicePage,
  costSharingPage,
  marginPage,
  inventoryPage,
  resourcePage,
  projectsPage,
  driftPage,
  findingPage,
  journalPage,
  eventPage,
  sellerPage,
  searchPage,
  accountSearchPage,
  designPage,
  ...accountPages,
];
