import { tieResource } from '../../../../commands/inventory/tie-resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, tied } from '../../../support/commands/droplet-events.ts';
import { today, tieContext, tie } from '../../../support/commands/tie-inputs.ts';

describe('tie-resource', () => {
  it('adds nothing for a resource that is tied so already', () => {
    given(tieResource, [discovered(), tied('d1', 'acme', '2026-05-01')])
      .when(tie(), tieContext, today)
      .then([]);
  });
});
