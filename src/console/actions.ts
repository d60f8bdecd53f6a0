import type { ConsoleAction } from './action.ts';
import { accountActions } from './actions/account.ts';
import { closeMonth, forceClose, sendMonth } from './actions/close.ts';
import { recordPayment, refundBalance, refundPayment, reversePayment } from './actions/payments.ts';
import { setFxRate, setSeller, setTaxRate } from './actions/seller.ts';
import { customerActions } from './actions/customers.ts';
import { deploymentActions } from './actions/deployments.ts';
import { invoiceActions } from './actions/invoices.ts';
import { catalogActions } from './actions/catalog.ts';
import { ledgerActions } from './actions/jobs.ts';
import { usageActions } from './actions/usage.ts';
import { askWhatIf } from './actions/what-if.ts';
import { costActions } from './actions/costs.ts';
import { resourceActions } from './actions/resources.ts';

/** Every action of the console. Each context exports its own from `actions/<context>.ts`. */
export const actions: readonly ConsoleAction[] = [
  closeMonth,
  forceClose,
  sendMonth,
  recordPayment,
  refundPayment,
  reversePayment,
  refundBalance,
  setSeller,
  setTaxRate,
  setFxRate,
  ...invoiceActions,
  ...customerActions,
  ...deploymentActions,
  ...catalogActions,
  ...usageActions,
  askWhatIf,
  ...costActions,
  ...ledgerActions,
  ...accountActions,
  ...resourceActions,
];
