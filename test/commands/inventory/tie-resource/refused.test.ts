import { expect } from 'chai';
import { tieResource } from '../../../../commands/inventory/tie-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, tied, untied } from '../../../support/commands/droplet-events.ts';
import { today, tieContext, aprilInvoice, tie } from '../../../support/commands/tie-inputs.ts';

describe('tie-resource', () => {
  it('refuses a day in an invoiced period', () => {
    const refusal = given(tieResource, [discovered()])
      .when(tie('2026-04-30'), { ...tieContext, invoices: [aprilInvoice] }, today)
      .refused('period-invoiced');
    expect(refusal.extra).to.include({ invoice_id: 'invoice-1' });
  });

  it('refuses a day on which another deployment has the resource, and names it', () => {
    const events = [discovered(), tied('d2', 'other', '2026-05-01')];
    expect(
      given(tieResource, events).when(tie(), tieContext, today).refused('already-tied').extra,
    ).to.include({
      deployment_id: 'd2',
    });
    expect(
      given(tieResource, events).when(tie('2026-04-01'), tieContext, today).refused('already-tied').extra,
    ).to.include({ deployment_id: 'd2' });
  });

  it('refuses the day before the other tie ended', () => {
    const events = [
      discovered(),
      tied('d2', 'other', '2026-05-01'),
      untied('d2', 'other', '2026-05-01', '2026-05-05'),
    ];
    given(tieResource, events).when(tie('2026-05-04'), tieContext, today).refused('already-tied');
  });

  it('refuses a later first day of the same tie', () => {
    given(tieResource, [discovered(), tied('d1', 'acme', '2026-05-01')])
      .when(tie('2026-05-02'), tieContext, today)
      .refused('already-tied');
  });

  it('refuses a day in the future', () => {
    given(tieResource, [discovered()]).when(tie('2026-05-11'), tieContext, today).refused('invalid-input');
  });

  it('refuses an unknown resource', () => {
    given(tieResource).when(tie(), tieContext, today).refused('unknown-resource');
  });

  it('refuses a deployment that is unknown or closed', () => {
    given(tieResource, [discovered()])
      .when(tie(), { deployment: null, invoices: [] }, today)
      .refused('not-found');
    given(tieResource, [discovered()])
      .when(tie(), { ...tieContext, deployment: { ...tieContext.deployment, state: 'cancelled' } }, today)
      .refused('deployment-closed');
  });
});
