import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Flash } from '../database/console-sessions.ts';
import type { Draft } from './draft.ts';
import type { ConsolePage } from './page.ts';

/** How far the read models are. */
export interface LedgerState {
  /** The journal position that every read model has reached. */
  position: number;
  head: number;
  /** Events that are recorded and not yet shown. */
  lag: number;
}

/** What every part of a page may know. */
export interface View {
  page: Pick<ConsolePage, 'path' | 'within'>;
  /** Path and query of the page: where its forms lead back to. */
  url: string;
  session: {
    subject: string;
    tenantId: string | null;
    admin: boolean;
    readOnly: boolean;
    formToken: string;
  } | null;
  /** All pages, for the navigation. */
  pages: readonly ConsolePage[];
  draft: Draft | null;
  flash: Flash | null;
  /** A fresh Idempotency-Key. */
  newKey: () => string;
  /** ISO instant by the ledger's clock. */
  now: string;
  currency: string;
  ledger: LedgerState | null;
  theme: 'auto' | 'light' | 'dark';
  /** The address of an asset by its name. */
  asset: (name: string) => string;
}

export const ViewContext = createContext<View | null>(null);

/** The page that a part stands in. */
export function useView(): View {
  const view = useContext(ViewContext);
  if (view === null) throw new Error('a part of a page is shown outside of a page');
  return view;
}
