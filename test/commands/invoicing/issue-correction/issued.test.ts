import { expect } from 'chai';
import { issueCorrection } from '../../../../commands/invoicing/issue-correction.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  correcting,
  forgiven,
  inJune,
  note,
  noted,
  nothingUnbilled,
} from '../../../support/commands/correction-events.ts';
import { issued, paid } from '../../../support/commands/invoice-events.ts';

describe('issue-correction', () => {
  it('issues a debit note for more, and takes the facts in up to its position', () => {
    const result = given(issueCorrection, [issued()])
      .when(correcting(), undefined, inJune)
      .then([noted(1, note(500))]);
    expect(result).to.include({ status: 'issued', reviewed_position: 200, total_cents: 7064 });
    expect(result?.corrections).to.have.length(1);
  });

  it('issues a credit note for less, also of a paid invoice, which stays paid', () => {
    const result = given(issueCorrection, [issued(), paid])
      .when(correcting({ note: note(-500) }), undefined, inJune)
      .then([noted(1, note(-500))]);
    expect(result?.status).to.equal('paid');
  });

  it('issues a credit note of 0 where lines moved and their sum did not', () => {
    const moved = note(0, { lines: 4 });
    given(issueCorrection, [issued()])
      .when(correcting({ note: moved }), undefined, inJune)
      .then([noted(1, moved, { kind: 'credit_note' })]);
  });

  it('numbers the notes of an issue on, and replaces what is not billed', () => {
    const not_billed = {
      ...nothingUnbilled,
      unpriced: [{ deployment_id: 'd', resource_kind: 'dns_zones', qty: '1' }],
    };
    const basis = { issue_no: 1, corrections: 1, reviewed_position: 200 };
    const result = given(issueCorrection, [issued(), noted(1, note(500))])
      .when(correcting({ basis, note: note(-300), inputs_position: 300, not_billed }), undefined, inJune)
      .then([noted(2, note(-300), { inputs_position: 300, not_billed })]);
    expect(result?.unpriced).to.deep.equal(not_billed.unpriced);
  });

  it('takes back, with the note itself, goodwill above the corrected invoice', () => {
    const all = note(-6420, { tax_cents: -642, total_cents: -7062 });
    const basis = { issue_no: 1, corrections: 1, reviewed_position: 100 };
    const takes_back = note(500, { reason: 'goodwill above the corrected invoice: late usage' });
    given(issueCorrection, [issued(), forgiven(1, all)])
      .when(correcting({ basis, note: note(-500), takes_back }), undefined, inJune)
      .then([noted(2, note(-500)), forgiven(3, takes_back)]);
  });
});
