import type { ConsolePage } from './page.ts';
import { designPage } from './pages/design.tsx';
import { invoicePage } from './pages/invoice.tsx';

/** Every page of the console, in the order of the navigation. */
export const pages: readonly ConsolePage[] = [invoicePage, designPage];
