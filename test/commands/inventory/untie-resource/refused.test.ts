import { untieResource } from '../../../../commands/inventory/untie-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, tied, untied } from '../../../support/commands/droplet-events.ts';
import {
  today,
  tieContext,
  aprilInvoice,
  untie,
  tiedSinceMay,
} from '../../../support/commands/tie-inputs.ts';

describe('untie-resource', () => {
  it('refuses an end after today, and an end before the tie began', () => {
    given(untieResource, tiedSinceMay).when(untie('2026-05-12'), tieContext, today).refused('invalid-input');
    given(untieResource, tiedSinceMay).when(untie('2026-04-30'), tieContext, today).refused('invalid-input');
  });

  it('refuses to take an invoiced day away', () => {
    const since = [discovered(), tied('d1', 'acme', '2026-04-01')];
    given(untieResource, since)
      .when(untie('2026-04-30'), { ...tieContext, invoices: [aprilInvoice] }, today)
      .refused('period-invoiced');
  });

  it('refuses a resource that is not tied', () => {
    const ended = [...tiedSinceMay, untied('d1', 'acme', '2026-05-01', '2026-05-08')];
    given(untieResource, ended).when(untie(), tieContext, today).refused('not-tied');
    given(untieResource, [discovered()]).when(untie(), tieContext, today).refused('not-tied');
    given(untieResource).when(untie(), tieContext, today).refused('not-tied');
  });
});
