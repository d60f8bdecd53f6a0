import { expect } from 'chai';
import { requestRevert, type RequestRevert } from '../../../../commands/inventory/request-revert.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import type { Refusal, RefusalCode } from '../../../../src/ledger/refusal.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  changed,
  discovered,
  dropletId,
  provisioned,
  struck,
} from '../../../support/commands/droplet-events.ts';
import { driftFound, driftId } from '../../../support/commands/drift-events.ts';
import { large, requested, revertEnded, runId, wrongSize } from '../../../support/commands/revert-events.ts';

describe('request-revert', () => {
  const request = {
    ...{ drift_id: driftId('size_slug'), resource_id: dropletId },
    ...{ confirm: 'web-1', desired_disk_gb: 25 },
  };
  const refused = (
    events: InventoryEvent[],
    code: RefusalCode,
    changes: Partial<RequestRevert> = {},
  ): Refusal =>
    given(requestRevert, events)
      .when({ ...request, ...changes }, undefined)
      .refused(code);
  const fieldOf = (refusal: Refusal): string | undefined => refusal.errors?.[0]?.path;

  it('refuses an unknown drift', () => {
    refused([], 'not-found');
    refused(wrongSize, 'not-found', { drift_id: 'other' });
  });

  it('refuses any other name than the present one', () => {
    for (const confirm of ['', 'WEB-1', ' web-1', 'web-1 ', 'web', dropletId, '401'])
      expect(fieldOf(refused(wrongSize, 'invalid-input', { confirm }))).to.equal('confirm');
    const renamed = [...wrongSize, changed('2026-05-01T00:10:00.000Z', { name: 'web-2' }, ['name'])];
    expect(fieldOf(refused(renamed, 'invalid-input'))).to.equal('confirm');
  });

  it('refuses another field than the size, a desired value that is no size, and another kind', () => {
    const drift_id = driftId('status');
    const other = [...wrongSize, driftFound('status', 'off', 'active')];
    expect(fieldOf(refused(other, 'invalid-input', { drift_id }))).to.equal('status');
    const empty = [discovered(), driftFound('size_slug', '', large)];
    expect(fieldOf(refused(empty, 'invalid-input'))).to.equal('size_slug');
    const [seen, ...rest] = wrongSize;
    if (seen?.type !== 'ResourceDiscovered') throw new Error('the droplet was not discovered');
    const database: InventoryEvent = { ...seen, data: { ...seen.data, kind: 'managed_db' } };
    expect(fieldOf(refused([database, ...rest], 'invalid-input'))).to.equal('size_slug');
  });

  it('refuses a smaller disk, and a size that the provider does not have', () => {
    const smaller = refused(wrongSize, 'invalid-input', { desired_disk_gb: 24 });
    expect(fieldOf(smaller)).to.equal('size_slug');
    expect(smaller.errors?.[0]?.message).to.contain('24 GB').and.to.contain('25 GB');
    expect(fieldOf(refused(wrongSize, 'invalid-input', { desired_disk_gb: null }))).to.equal('size_slug');
  });

  it('refuses a drift that is closed, also after a revert that failed', () => {
    const accepted: InventoryEvent = {
      type: 'DriftAccepted',
      data: {
        ...{ drift_id: request.drift_id, resource_id: dropletId, field: 'size_slug', actual: large },
        ...{ spec_version: 2, spec: { size_slug: large } },
      },
    };
    refused([...wrongSize, accepted], 'drift-closed');
    refused([...wrongSize, requested(), revertEnded('failed'), accepted], 'drift-closed');
  });

  it('refuses beside another revert of the droplet, and names that', () => {
    const [closed, again] = [driftId('size_slug'), driftId('size_slug', 2)];
    const events: InventoryEvent[] = [
      ...wrongSize,
      requested(),
      { type: 'DriftWentStale', data: { drift_id: closed, resource_id: dropletId, field: 'size_slug' } },
      provisioned({ size_slug: 'other' }, 2),
      driftFound('size_slug', 'other', large, 2),
    ];
    const refusal = refused(events, 'revert-running', { drift_id: again });
    expect(refusal.extra).to.deep.equal({ run_id: runId(), drift_id: closed });
    expect(refusal.detail).to.contain(runId());
  });

  it('refuses to go back to a size that the spec does not want any more', () => {
    refused([...wrongSize, provisioned({ size_slug: 'other' }, 2)], 'conflict');
    refused([...wrongSize, provisioned({ status: 'active' }, 2)], 'conflict');
    const ofTemplate = driftFound('size_slug', 'other', large);
    if (ofTemplate.type !== 'DriftFound') throw new Error('no drift was found');
    const found = { ...ofTemplate, data: { ...ofTemplate.data, spec_version: 0 } };
    refused([discovered(), found, provisioned({ size_slug: null }, 1)], 'conflict');
    refused([discovered(), found, provisioned({ size_slug: 'another' }, 1)], 'conflict');
  });

  it('refuses a stale droplet', () => {
    const strikes = [1, 2, 3].map((n) =>
      struck(`2026-05-01T00:${n}0:00.000Z`, n, '2026-05-01T00:05:00.000Z'),
    );
    refused([...wrongSize, ...strikes], 'conflict');
  });
});
