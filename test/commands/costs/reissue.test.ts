import { expect } from 'chai';
import { ingestProviderInvoice } from '../../../commands/costs/ingest-provider-invoice.ts';
import { markReissueSeen } from '../../../commands/costs/mark-reissue-seen.ts';
import { noteReissue, type NoteReissue } from '../../../commands/costs/note-reissue.ts';
import type { ProviderInvoiceEvent } from '../../../src/events/costs.ts';
import { given } from '../../support/commands/command-spec.ts';
import {
  discovered,
  ingested,
  ingestInput,
  matched,
  reissued,
} from '../../support/commands/provider-invoice-events.ts';

const { invoice_uuid } = matched.data;
const known = [discovered, ingested, matched];
const ended = (because: 'seen' | 'ingested' | 'withdrawn' | 'replaced'): ProviderInvoiceEvent => ({
  type: 'ProviderInvoiceReissueEnded',
  data: { invoice_uuid, because },
});
const seen = (changes: Partial<NoteReissue> = {}): NoteReissue => ({
  invoice_uuid,
  listed_cents: 8692,
  lines_hash: null,
  replaced_by: null,
  ...changes,
});
const noted = (events: ProviderInvoiceEvent[], input: NoteReissue, then: ProviderInvoiceEvent[]) =>
  given(noteReissue, events).when(input, undefined).then(then);

describe('the reissue of a provider invoice', () => {
  it('is recorded for another amount and for other lines, once', () => {
    const amount = reissued({ amount_cents: 9000 });
    noted(known, seen({ listed_cents: 9000 }), [amount]);
    noted([...known, amount], seen({ listed_cents: 9000 }), []);
    noted([...known, amount], seen({ listed_cents: 9000, lines_hash: 'l2' }), []);
    noted([...known, amount], seen({ listed_cents: 9100 }), [reissued({ amount_cents: 9100 })]);
    const lines = reissued({ lines_hash: 'l2' });
    noted(known, seen({ lines_hash: 'l2' }), [lines]);
    for (const listed_cents of [8692, null])
      for (const lines_hash of ['l2', null]) noted([...known, lines], seen({ listed_cents, lines_hash }), []);
    noted([...known, lines], seen({ lines_hash: 'l3' }), [reissued({ lines_hash: 'l3' })]);
  });

  it('is none for the same content, before an ingestion, and where list and summary always differed', () => {
    noted(known, seen({ lines_hash: 'l1' }), []);
    noted(known, seen({ listed_cents: null }), []);
    noted([discovered], seen({ listed_cents: 1, lines_hash: 'l2' }), []);
    noted([], seen({ listed_cents: 1 }), []);
    const listed = { ...discovered, data: { ...discovered.data, amount_cents: 8000 } };
    noted([listed, ingested, matched], seen({ listed_cents: 8000, lines_hash: 'l1' }), []);
  });

  it('ends where the provider has the ingested content again, and can come back', () => {
    const lines = reissued({ lines_hash: 'l2' });
    noted([...known, lines], seen({ lines_hash: 'l1' }), [ended('withdrawn')]);
    noted([...known, lines, ended('withdrawn')], seen({ lines_hash: 'l2' }), [lines]);
    const amount = reissued({ amount_cents: 9000 });
    noted([...known, amount], seen(), [ended('withdrawn')]);
    noted([...known, amount], seen({ listed_cents: null }), []);
  });

  it('ends when an operator has seen it, and the same content is no news then', () => {
    const lines = reissued({ lines_hash: 'l2' });
    const input = { invoice_uuid, counts: true };
    given(markReissueSeen, [...known, lines])
      .when(input, undefined)
      .then([ended('seen')]);
    given(markReissueSeen, [...known, lines, ended('seen')])
      .when(input, undefined)
      .then([]);
    given(markReissueSeen, known).when(input, undefined).then([]);
    given(markReissueSeen).when(input, undefined).refused('not-found');
    noted([...known, lines, ended('seen')], seen({ lines_hash: 'l2' }), []);
    noted([...known, lines, ended('seen')], seen({ lines_hash: 'l3' }), [reissued({ lines_hash: 'l3' })]);
  });

  it('ends with its ingestion, also where that brings nothing new', () => {
    const lines = reissued({ lines_hash: 'l2' });
    const again = { ...ingestInput, lines: { ...ingestInput.lines, hash: 'l2' } };
    given(ingestProviderInvoice, [...known, lines])
      .when(again, undefined)
      .then([
        { ...ingested, data: { ...ingested.data, lines_hash: 'l2' } },
        { ...matched, data: { ...matched.data, lines_hash: 'l2' } },
        ended('ingested'),
      ]);
    given(ingestProviderInvoice, [...known, lines])
      .when(ingestInput, undefined)
      .then([ended('ingested')]);
  });

  it('is recorded by an ingestion that finds it, and stays until it is seen', () => {
    const again = { ...ingestInput, lines: { ...ingestInput.lines, hash: 'l2' } };
    const anew: ProviderInvoiceEvent[] = [
      { ...ingested, data: { ...ingested.data, lines_hash: 'l2' } },
      { ...matched, data: { ...matched.data, lines_hash: 'l2' } },
    ];
    const found = reissued({ lines_hash: 'l2', ingested: true });
    const { reissue } = given(ingestProviderInvoice, known)
      .when(again, undefined)
      .then([...anew, found]);
    expect(reissue).to.include({ ingested: true, open: true });
    const after = [...known, ...anew, found];
    given(ingestProviderInvoice, after).when(again, undefined).then([]);
    noted(after, seen({ lines_hash: 'l2' }), []);
    given(markReissueSeen, after)
      .when({ invoice_uuid, counts: true }, undefined)
      .then([ended('seen')]);
    given(ingestProviderInvoice, [...after, ended('seen')])
      .when(ingestInput, undefined)
      .then([
        ingested,
        matched,
        reissued({
          lines_hash: 'l1',
          ingested: true,
          before: { amount_cents: 8692, lines: 33, lines_total_cents: 8690, lines_hash: 'l2' },
        }),
      ]);
  });

  it('may have a uuid of its own: the list has another invoice in its place', () => {
    const replaced_by = { invoice_uuid: 'other', amount_cents: 9000 };
    const replaced = reissued({ amount_cents: 9000, replaced_by: 'other' });
    noted(known, seen({ listed_cents: null, replaced_by }), [replaced]);
    noted([...known, replaced], seen({ listed_cents: null, replaced_by }), []);
    noted([...known, replaced, ended('seen')], seen({ listed_cents: null, replaced_by }), []);
    noted([...known, replaced], seen(), [ended('withdrawn')]);
    given(ingestProviderInvoice, [...known, replaced])
      .when(ingestInput, undefined)
      .then([]);
  });

  it('may take the lines of a replaced invoice from the costs, until it is ingested again', () => {
    const input = { invoice_uuid, counts: false };
    const replaced = reissued({ amount_cents: 9000, replaced_by: 'other' });
    given(markReissueSeen, known).when(input, undefined).refused('invalid-input');
    given(markReissueSeen, [...known, reissued({ lines_hash: 'l2' })])
      .when(input, undefined)
      .refused('invalid-input');
    for (const events of [
      [...known, replaced],
      [...known, replaced, ended('seen')],
    ])
      given(markReissueSeen, events)
        .when(input, undefined)
        .then([ended('replaced')]);
    const gone = [...known, replaced, ended('replaced')];
    given(markReissueSeen, gone).when(input, undefined).then([]);
    noted(gone, seen({ listed_cents: 1 }), []);
    given(ingestProviderInvoice, gone).when(ingestInput, undefined).then([ingested, matched]);
  });

  it('may take away an invoice that could not be ingested, not one that was never tried', () => {
    const input = { invoice_uuid, counts: false };
    const failed: ProviderInvoiceEvent = {
      type: 'ProviderInvoiceIngestionFailed',
      data: { invoice_uuid, error: 'gone' },
    };
    given(markReissueSeen, [discovered]).when(input, undefined).refused('invalid-input');
    given(markReissueSeen, [discovered, failed])
      .when(input, undefined)
      .then([ended('replaced')]);
    const gone = [discovered, failed, ended('replaced')];
    given(markReissueSeen, gone).when(input, undefined).then([]);
    given(ingestProviderInvoice, gone).when(ingestInput, undefined).then([ingested, matched]);
  });
});
