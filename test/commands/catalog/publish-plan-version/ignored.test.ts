import { publishPlanVersion } from '../../../../commands/catalog/publish-plan-version.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created, drafted, published, publish } from '../../../support/commands/plan-events.ts';

describe('publish-plan-version', () => {
  it('adds nothing for the version that is active', () => {
    given(publishPlanVersion, [created, drafted(1), published(1, null)])
      .when(publish(1), undefined)
      .then([]);
  });
});
