import { expect } from 'chai';
import { detachAddon } from '../../../../commands/deployments/detach-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created, started } from '../../../support/commands/deployment-events.ts';
import { attachedOn, bounds, later, mayInvoice, on } from '../../../support/commands/dated-back.ts';
import { addonDetached, detachInput } from '../../../support/commands/subscription-inputs.ts';

const back = (effective_on: string) => ({ ...detachInput, effective_on });
const held = [created(), started(), attachedOn('2026-05-05', 'a1')];

describe('detach-addon with effective_on', () => {
  it('no longer counts from that day on', () => {
    given(detachAddon, held)
      .when(back('2026-05-10'), bounds, later)
      .then([on('2026-05-10', addonDetached(['a1']))]);
  });

  it('adds nothing for the same day again', () => {
    given(detachAddon, [...held, on('2026-05-10', addonDetached(['a1']))])
      .when(back('2026-05-10'), bounds, later)
      .then([]);
    given(detachAddon, [...held, on('2026-05-10', addonDetached(['a1']))])
      .when(back('2026-05-11'), bounds, later)
      .refused('not-found');
  });

  it('refuses a day before a later change of the addon, which it names', () => {
    const refusal = given(detachAddon, [...held, attachedOn('2026-05-15', 'a2')])
      .when(back('2026-05-10'), bounds, later)
      .refused('conflict');
    expect(refusal.extra).to.deep.equal({ later: { effective_on: '2026-05-15' } });
    given(detachAddon, held).when(back('2026-05-04'), bounds, later).refused('conflict');
  });

  it('ends packs that count from a later day on from that day', () => {
    given(detachAddon, [...held, attachedOn('2026-06-01', 'a2')])
      .when(detachInput, undefined, later)
      .then([on('2026-05-20', addonDetached(['a1'])), on('2026-06-01', addonDetached(['a2']))]);
  });

  it('refuses an invoiced month', () => {
    given(detachAddon, held)
      .when(back('2026-05-10'), { ...bounds, invoices: [mayInvoice] }, later)
      .refused('period-invoiced');
  });
});
