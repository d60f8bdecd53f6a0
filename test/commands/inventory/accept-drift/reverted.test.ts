import { expect } from 'chai';
import { acceptDrift } from '../../../../commands/inventory/accept-drift.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dropletId } from '../../../support/commands/droplet-events.ts';
import { driftId } from '../../../support/commands/drift-events.ts';
import { large, requested, revertEnded, runId, wrongSize } from '../../../support/commands/revert-events.ts';

describe('accept-drift beside a revert', () => {
  const accept = { drift_id: driftId('size_slug'), resource_id: dropletId };

  it('refuses while the drift is being reverted, and names the run', () => {
    const refusal = given(acceptDrift, [...wrongSize, requested()])
      .when(accept, undefined)
      .refused('revert-running');
    expect(refusal.extra).to.deep.equal({ run_id: runId(), drift_id: accept.drift_id });
  });

  it('refuses after it was reverted, and accepts after that has failed', () => {
    given(acceptDrift, [...wrongSize, requested(), revertEnded('reverted')])
      .when(accept, undefined)
      .refused('drift-closed');
    given(acceptDrift, [...wrongSize, requested(), revertEnded('failed')])
      .when(accept, undefined)
      .then([
        {
          type: 'DriftAccepted',
          data: { ...accept, field: 'size_slug', actual: large, spec_version: 2, spec: { size_slug: large } },
        },
      ]);
  });
});
