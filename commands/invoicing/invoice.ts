import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { InvoiceEvent } from '../../src/events/invoicing.ts';

/** The id of a tenant's invoice for a month (its first day). Reissues and voids keep it. */
export const invoiceId = (tenantId: string, period: string): string => idFrom('invoice', tenantId, period);

export const invoiceStream = (id: string): string => `invoice-${id}`;

/** The content of an issue. */
export type Issued = Extract<InvoiceEvent, { type: 'InvoiceIssued' }>['data'];

/** A credit or debit note of an invoice. */
export type Correction = Extract<InvoiceEvent, { type: 'CorrectionIssued' }>['data'];

/**
 * A tenant's invoice: its latest issue, its status and its corrections. What is not billed is that of the
 * last issue, correction or review.
 */
export interface Invoice extends Issued {
  status: 'issued' | 'paid' | 'void';
  paid_at: string | null;
  voided_at: string | null;
  void_reason: string | null;
  /** Of the latest issue, in order. */
  corrections: readonly Correction[];
  /** The journal position up to which facts of the month are taken in, by issue, correction or review. */
  reviewed_position: number;
}

/** Null until the first issue. */
export type InvoiceState = Invoice | null;

export const invoice: Aggregate<InvoiceState, InvoiceEvent> = {
  name: 'invoice',
  initialState: null,
  evolve(state, event): InvoiceState {
    switch (event.type) {
      case 'InvoiceIssued':
        return {
          ...event.data,
          status: 'issued',
          paid_at: null,
          voided_at: null,
          void_reason: null,
          corrections: [],
          reviewed_position: event.data.inputs_position,
        };
      case 'InvoicePaid':
        return state === null ? null : { ...state, status: 'paid', paid_at: event.data.paid_at };
      case 'InvoiceVoided':
        return state === null
          ? null
          : { ...state, status: 'void', voided_at: event.data.voided_at, void_reason: event.data.reason };
      case 'CorrectionIssued':
        return state === null
          ? null
          : {
              ...state,
              ...event.data.not_billed,
              corrections: [...state.corrections, event.data],
              reviewed_position: event.data.inputs_position ?? state.reviewed_position,
            };
      case 'InvoiceReviewed':
        return state === null
          ? null
          : { ...state, ...event.data.not_billed, reviewed_position: event.data.inputs_position };
    }
  },
};
