import { attachAddon } from '../../../../commands/deployments/attach-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, attached, created, started, storage } from '../../../support/commands/deployment-events.ts';
import { attachmentOf, attachInput } from '../../../support/commands/subscription-inputs.ts';

describe('attach-addon', () => {
  it('records price and quantity as they are on offer', () => {
    given(attachAddon, [created(), started()])
      .when(attachInput, { addon: { ...storage, price_cents: 800 } }, acme)
      .then([attached({ attachment_id: attachmentOf('storage_50gb'), packs: 3, price_cents: 800 })]);
  });

  it('adds packs for another execution', () => {
    const before = [
      created(),
      started(),
      attached({ attachment_id: attachmentOf('storage_50gb'), packs: 3 }),
    ];
    given(attachAddon, before)
      .when(attachInput, { addon: storage }, { ...acme, commandId: 'other' })
      .then([attached({ attachment_id: attachmentOf('storage_50gb', 'other'), packs: 3 })]);
  });

  it('counts from the first day of a subscription that is yet to start', () => {
    given(attachAddon, [created(), started('2026-06-01')])
      .when(attachInput, { addon: storage }, acme)
      .then([
        {
          ...attached({ attachment_id: attachmentOf('storage_50gb'), packs: 3, effective_on: '2026-06-01' }),
          effective_at: '2026-06-01',
        },
      ]);
  });
});
