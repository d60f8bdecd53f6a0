import { expect } from 'chai';
import { tieResource } from '../../../../commands/inventory/tie-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, dropletId, tied, untied } from '../../../support/commands/droplet-events.ts';
import { today, tieContext, aprilInvoice, tie } from '../../../support/commands/tie-inputs.ts';

describe('tie-resource', () => {
  it('ties from today on', () => {
    const result = given(tieResource, [discovered()])
      .when(tie(), tieContext, today)
      .then([tied('d1', 'acme', '2026-05-10')]);
    expect(result).to.deep.equal({
      resource_id: dropletId,
      deployment_id: 'd1',
      tenant_id: 'acme',
      effective_from: '2026-05-10',
      effective_to: null,
    });
  });

  it('ties from an earlier day that is not invoiced', () => {
    given(tieResource, [discovered()])
      .when(tie('2026-05-01'), { ...tieContext, invoices: [aprilInvoice] }, today)
      .then([tied('d1', 'acme', '2026-05-01')]);
  });

  it('takes the day on which the other tie ended', () => {
    const events = [
      discovered(),
      tied('d2', 'other', '2026-05-01'),
      untied('d2', 'other', '2026-05-01', '2026-05-05'),
    ];
    given(tieResource, events)
      .when(tie('2026-05-05'), tieContext, today)
      .then([tied('d1', 'acme', '2026-05-05')]);
  });

  it('leaves aside a tie without days', () => {
    const events = [
      discovered(),
      tied('d2', 'other', '2026-05-10'),
      untied('d2', 'other', '2026-05-10', '2026-05-10'),
    ];
    given(tieResource, events)
      .when(tie(), tieContext, today)
      .then([tied('d1', 'acme', '2026-05-10')]);
  });
});
