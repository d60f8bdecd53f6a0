import { expect } from 'chai';
import { publishPlanVersion } from '../../../../commands/catalog/publish-plan-version.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created, drafted, published, publish } from '../../../support/commands/plan-events.ts';

describe('publish-plan-version', () => {
  it('retires the active version in the same append', () => {
    given(publishPlanVersion, [created, drafted(1)])
      .when(publish(1), undefined)
      .then([published(1, null)]);
    const version = given(publishPlanVersion, [created, drafted(1), published(1, null), drafted(2)])
      .when(publish(2), undefined)
      .then([published(2, 1)]);
    expect(version).to.include({ version: 2, status: 'active' });
  });
});
