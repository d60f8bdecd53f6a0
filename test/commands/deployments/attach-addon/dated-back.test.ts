import { expect } from 'chai';
import { attachAddon } from '../../../../commands/deployments/attach-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, created, started, storage } from '../../../support/commands/deployment-events.ts';
import { attachedOn, bounds, later, mayInvoice, on } from '../../../support/commands/dated-back.ts';
import { addonDetached, attachInput, attachmentOf } from '../../../support/commands/subscription-inputs.ts';

const context = { addon: storage, bounds };
const back = (effective_on: string) => ({ ...attachInput, effective_on });
const id = attachmentOf('storage_50gb', later.commandId);

describe('attach-addon with effective_on', () => {
  it('counts from that day, also before a later attachment', () => {
    given(attachAddon, [created(), started(), attachedOn('2026-05-15', 'a1')])
      .when(back('2026-05-10'), context, later)
      .then([attachedOn('2026-05-10', id, 3)]);
  });

  it('counts from the first day of a subscription that is yet to start, for today', () => {
    given(attachAddon, [created(), started('2026-06-01')])
      .when(back('2026-05-20'), context, later)
      .then([attachedOn('2026-06-01', id, 3)]);
  });

  it('adds nothing for the same packs on the same day, by another execution too', () => {
    given(attachAddon, [created(), started(), attachedOn('2026-05-10', 'a1', 3)])
      .when(back('2026-05-10'), context, { ...later, commandId: 'other' })
      .then([]);
  });

  it('refuses a day before a later detachment, which it names', () => {
    const refusal = given(attachAddon, [created(), started(), on('2026-05-15', addonDetached([]))])
      .when(back('2026-05-14'), context, later)
      .refused('conflict');
    expect(refusal.extra).to.deep.equal({ later: { effective_on: '2026-05-15', code: 'storage_50gb' } });
    given(attachAddon, [created(), started(), on('2026-05-15', addonDetached([]))])
      .when(back('2026-05-15'), context, later)
      .then([attachedOn('2026-05-15', id, 3)]);
  });

  it('refuses a day before the subscription, the future, an invoiced month, and a day of a tenant', () => {
    const when = (effective_on: string, more = {}, at = later) =>
      given(attachAddon, [created(), started('2026-05-05')]).when(
        back(effective_on),
        { ...context, bounds: { ...bounds, ...more } },
        at,
      );
    for (const day of ['2026-05-04', '2026-05-21', '2026-04-30'])
      expect(when(day).refused('invalid-input').errors?.[0]?.path).to.equal('effective_on');
    when('2026-05-06', { invoices: [mayInvoice] }).refused('period-invoiced');
    when('2026-05-19', {}, { ...later, actor: acme.actor }).refused('forbidden');
  });
});
