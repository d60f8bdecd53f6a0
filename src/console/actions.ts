import type { ConsoleAction } from './action.ts';
import { giveLink } from './actions/customers.ts';
import { invoiceActions } from './actions/invoices.ts';

/** Every action of the console. Each context exports its own from `actions/<context>.ts`. */
export const actions: readonly ConsoleAction[] = [giveLink, ...invoiceActions];
