import { detectDrift } from '../../../../commands/inventory/detect-drift.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { changed, dropletId, provisioned } from '../../../support/commands/droplet-events.ts';
import { detectInput, driftFound, driftId } from '../../../support/commands/drift-events.ts';
import {
  intended,
  large,
  requested,
  revertEnded,
  small,
  wrongSize,
} from '../../../support/commands/revert-events.ts';

describe('detect-drift beside a revert', () => {
  const at = (time: string) => execution({ now: `2026-05-01T${time}:00.000Z` });
  const seen = (time: string, size_slug: string, status = 'active'): InventoryEvent =>
    changed(`2026-05-01T${time}:00.000Z`, { size_slug, status, attrs: { disk: 25 } }, ['size_slug']);
  const stale: InventoryEvent = {
    type: 'DriftWentStale',
    data: { drift_id: driftId('size_slug'), resource_id: dropletId, field: 'size_slug' },
  };

  it('leaves its field alone while it runs, whatever the value, and finds drift of other fields', () => {
    const running = [...wrongSize, requested()];
    for (const size of [large, small, 'third'])
      given(detectDrift, [...running, seen('00:10', size)])
        .when(detectInput, undefined, at('00:11'))
        .then([]);
    const spec = { size_slug: small, status: 'active' };
    given(detectDrift, [...running, provisioned(spec, 2), seen('00:10', large, 'off')])
      .when(detectInput, undefined, at('00:11'))
      .then([
        {
          type: 'DriftFound',
          data: {
            ...{ drift_id: driftId('status'), resource_id: dropletId, field: 'status' },
            ...{ desired: 'active', actual: 'off', spec_version: 2 },
          },
        },
      ]);
  });

  it('leaves the status alone that it has changed, until the mirror has seen its end', () => {
    const spec = provisioned({ size_slug: small, status: 'active' }, 2);
    const off = [...wrongSize, spec, requested(), intended(), seen('00:10', large, 'off')];
    const found = driftFound('status', 'active', 'off');
    if (found.type !== 'DriftFound') throw new Error('no drift was found');
    const ofStatus: InventoryEvent = { ...found, data: { ...found.data, spec_version: 2 } };
    given(detectDrift, off).when(detectInput, undefined, at('00:11')).then([]);
    given(detectDrift, [...off, revertEnded('reverted')])
      .when(detectInput, undefined, at('00:21'))
      .then([]);
    given(detectDrift, [...off, revertEnded('reverted'), seen('00:21', small, 'off')])
      .when(detectInput, undefined, at('00:22'))
      .then([ofStatus]);
    given(detectDrift, [...off, revertEnded('failed')])
      .when(detectInput, undefined, at('00:21'))
      .then([ofStatus]);
  });

  it('finds nothing new after its end, until the mirror has seen the droplet or half an hour is over', () => {
    const reverted = [...wrongSize, requested(), revertEnded('reverted')];
    given(detectDrift, reverted).when(detectInput, undefined, at('00:49')).then([]);
    given(detectDrift, [...reverted, seen('00:21', small)])
      .when(detectInput, undefined, at('00:22'))
      .then([]);
    const found = driftFound('size_slug', small, large, 2);
    given(detectDrift, [...reverted, seen('00:21', large)])
      .when(detectInput, undefined, at('00:22'))
      .then([found]);
    given(detectDrift, reverted).when(detectInput, undefined, at('00:50')).then([found]);
  });

  it('goes on as usual after a revert that failed', () => {
    const failed = [...wrongSize, requested(), revertEnded('failed')];
    given(detectDrift, failed).when(detectInput, undefined, at('00:21')).then([]);
    given(detectDrift, [...failed, seen('00:21', small)])
      .when(detectInput, undefined, at('00:22'))
      .then([stale]);
  });
});
