import { expect } from 'chai';
import { issueCorrection } from '../../../../commands/invoicing/issue-correction.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { correcting, forgiven, inJune, note } from '../../../support/commands/correction-events.ts';
import { aprilInvoiceId, issued, voided } from '../../../support/commands/invoice-events.ts';

describe('issue-correction', () => {
  it('refuses an invoice that does not exist, and a void one', () => {
    given(issueCorrection).when(correcting(), undefined, inJune).refused('not-found');
    const { extra } = given(issueCorrection, [issued(), voided])
      .when(correcting(), undefined, inJune)
      .refused('invoice-void');
    expect(extra).to.deep.equal({ invoice_id: aprilInvoiceId });
  });

  it('never leaves more credit than the invoice comes to', () => {
    const most = note(-6420);
    const basis = { issue_no: 1, corrections: 1, reviewed_position: 100 };
    expect(() =>
      given(issueCorrection, [issued(), forgiven(1, most)]).when(
        correcting({ basis, note: note(-500) }),
        undefined,
        inJune,
      ),
    ).to.throw(/more credit/);
    expect(() =>
      given(issueCorrection, [issued()]).when(correcting({ note: note(-6430) }), undefined, inJune),
    ).to.throw(/more credit/);
  });
});
