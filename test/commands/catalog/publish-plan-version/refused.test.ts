import { publishPlanVersion } from '../../../../commands/catalog/publish-plan-version.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { created, drafted, published, publish } from '../../../support/commands/plan-events.ts';

describe('publish-plan-version', () => {
  it('refuses a version that is retired', () => {
    const events = [created, drafted(1), published(1, null), drafted(2), published(2, 1), drafted(3)];
    given(publishPlanVersion, events).when(publish(1), undefined).refused('conflict');
  });

  it('refuses a version or a plan that does not exist', () => {
    const events = [created, drafted(1), published(1, null), drafted(2), published(2, 1), drafted(3)];
    given(publishPlanVersion, events).when(publish(4), undefined).refused('not-found');
    given(publishPlanVersion).when(publish(1), undefined).refused('not-found');
  });

  it('refuses a version in a currency that the ledger does not bill in', () => {
    const events = [created, drafted(1), published(1, null), drafted(2), published(2, 1), drafted(3)];
    given(publishPlanVersion, events)
      .when(publish(3), undefined, execution({ currency: 'USD' }))
      .refused('currency-mismatch');
  });
});
