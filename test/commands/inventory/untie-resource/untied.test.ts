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
  it('ends before today', () => {
    given(untieResource, tiedSinceMay)
      .when(untie(), tieContext, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-10')]);
  });

  it('ends on its first day, and then has no day', () => {
    given(untieResource, tiedSinceMay)
      .when(untie('2026-05-01'), tieContext, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-01')]);
  });

  it('ends with today at the latest', () => {
    given(untieResource, tiedSinceMay)
      .when(untie('2026-05-11'), tieContext, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-11')]);
  });

  it('ends after the last invoiced day', () => {
    const since = [discovered(), tied('d1', 'acme', '2026-04-01')];
    given(untieResource, since)
      .when(untie('2026-05-01'), { ...tieContext, invoices: [aprilInvoice] }, today)
      .then([untied('d1', 'acme', '2026-04-01', '2026-05-01')]);
  });

  it('shortens a tie that has ended', () => {
    const ended = [...tiedSinceMay, untied('d1', 'acme', '2026-05-01', '2026-05-08')];
    given(untieResource, ended)
      .when(untie('2026-05-05'), tieContext, today)
      .then([untied('d1', 'acme', '2026-05-01', '2026-05-05')]);
  });
});
