import { expect } from 'chai';
import { requestRevert } from '../../../../commands/inventory/request-revert.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dropletId, provisioned } from '../../../support/commands/droplet-events.ts';
import { driftId } from '../../../support/commands/drift-events.ts';
import { requested, revertEnded, runId, small, wrongSize } from '../../../support/commands/revert-events.ts';

describe('request-revert', () => {
  const request = {
    ...{ drift_id: driftId('size_slug'), resource_id: dropletId },
    ...{ confirm: 'web-1', desired_disk_gb: 25 },
  };
  const result = (events: InventoryEvent[], added: InventoryEvent[]): unknown =>
    given(requestRevert, events).when(request, undefined).then(added);

  it('begins a revert whose run follows from the drift and the number of the attempt', () => {
    expect(result(wrongSize, [requested()])).to.include({ run_id: runId(), status: 'running', attempt: 1 });
  });

  it('begins one of a spec that was changed in another field', () => {
    const more = provisioned({ size_slug: small, status: 'active' }, 2);
    expect(result([...wrongSize, more], [requested()])).to.include({ status: 'running' });
  });

  it('has the same revert while it is under way', () => {
    expect(result([...wrongSize, requested()], [])).to.include({ run_id: runId(), status: 'running' });
  });

  it('has the same revert after it, although the drift is closed', () => {
    const events = [...wrongSize, requested(), revertEnded('reverted')];
    expect(result(events, [])).to.include({ run_id: runId(), status: 'reverted' });
  });

  it('begins anew after one that failed', () => {
    const failed = [...wrongSize, requested(), revertEnded('failed')];
    expect(result(failed, [requested(2)])).to.include({ run_id: runId(2), attempt: 2 });
    expect(runId(2)).not.to.equal(runId());
  });

  it('goes back to a size whose disk is as large as that of the droplet, or where that is not known', () => {
    const [seen, ...rest] = wrongSize;
    if (seen?.type !== 'ResourceDiscovered') throw new Error('the droplet was not discovered');
    result([{ ...seen, data: { ...seen.data, attrs: {} } }, ...rest], [requested()]);
  });
});
