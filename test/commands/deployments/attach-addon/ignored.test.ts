import { attachAddon } from '../../../../commands/deployments/attach-addon.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, attached, created, started, storage } from '../../../support/commands/deployment-events.ts';
import { attachmentOf, attachInput } from '../../../support/commands/subscription-inputs.ts';

describe('attach-addon', () => {
  it('adds nothing for the same execution again', () => {
    const before = [
      created(),
      started(),
      attached({ attachment_id: attachmentOf('storage_50gb'), packs: 3 }),
    ];
    given(attachAddon, before).when(attachInput, { addon: storage }, acme).then([]);
  });
});
