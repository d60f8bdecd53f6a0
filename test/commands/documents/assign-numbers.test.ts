import { expect } from 'chai';
import { assignCorrectionNumbers } from '../../../commands/documents/assign-correction-numbers.ts';
import { assignInvoiceNumbers } from '../../../commands/documents/assign-invoice-numbers.ts';
import type { NumberSeriesEvent } from '../../../src/events/documents.ts';
import { given } from '../../support/commands/command-spec.ts';

const numbered = (from: number, invoice_ids: string[], prefix = 'ACME'): NumberSeriesEvent => ({
  type: 'InvoicesNumbered',
  data: { year: 2026, prefix, from, invoice_ids },
});
const corrected = (from: number, correction_ids: string[]): NumberSeriesEvent => ({
  type: 'CorrectionsNumbered',
  data: { year: 2026, prefix: 'ACME', from, correction_ids },
});
const input = (ids: string[], prefix = 'ACME') => ({
  year: 2026,
  subjects: ids.map((id) => ({ id, prefix })),
});

describe('assign-invoice-numbers', () => {
  it('has one stream a year, apart from that of corrections', () => {
    expect(assignInvoiceNumbers.stream(input([]))).to.equal('invoice-numbers-2026');
    expect(assignCorrectionNumbers.stream(input([]))).to.equal('correction-numbers-2026');
  });

  it('numbers from 1 in the order of the list', () => {
    given(assignInvoiceNumbers)
      .when(input(['a', 'b']), undefined)
      .then([numbered(1, ['a', 'b'])]);
  });

  it('continues behind the last number, and skips what has its number', () => {
    given(assignInvoiceNumbers, [numbered(1, ['a', 'b']), numbered(3, ['c'])])
      .when(input(['b', 'd', 'a', 'e', 'd']), undefined)
      .then([numbered(4, ['d', 'e'])]);
  });

  it('continues the sequence under another prefix', () => {
    const subjects = [...input(['b'], 'NEW').subjects, ...input(['c']).subjects, ...input(['d']).subjects];
    given(assignInvoiceNumbers, [numbered(1, ['a'])])
      .when({ year: 2026, subjects }, undefined)
      .then([numbered(2, ['b'], 'NEW'), numbered(3, ['c', 'd'])]);
  });

  it('puts at most 250 into an event', () => {
    const ids = Array.from({ length: 600 }, (_, index) => `i-${index}`);
    given(assignInvoiceNumbers, [numbered(1, ['a'])])
      .when(input(ids), undefined)
      .then([
        numbered(2, ids.slice(0, 250)),
        numbered(252, ids.slice(250, 500)),
        numbered(502, ids.slice(500)),
      ]);
  });
});

describe('assign-correction-numbers', () => {
  it('numbers corrections in a series of their own', () => {
    given(assignCorrectionNumbers, [corrected(1, ['a'])])
      .when(input(['a', 'b']), undefined)
      .then([corrected(2, ['b'])]);
  });
});
