import { expect } from 'chai';
import { inventory } from '../../../projections/inventory/inventory.ts';
import { drift, driftReverts } from '../../../projections/inventory/tables.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import { driftId } from '../../support/commands/drift-events.ts';
import { dropletId } from '../../support/commands/droplet-events.ts';
import {
  intended,
  large,
  requested,
  revertEnded,
  runId,
  small,
  wrongSize,
} from '../../support/commands/revert-events.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';

describe('the inventory projection of reverts', () => {
  const rows = (...events: LedgerEvent[]) => projectTwice(inventory, [...wrongSize, ...events]);
  const step = { run_id: runId(), resource_id: dropletId, step: 'power_off' as const, attempt: 1 };
  const started: LedgerEvent = {
    type: 'RevertStepStarted',
    data: { ...step, action_id: 7, found: false, started_at: '2026-05-01T00:00:01.000Z' },
  };
  const errored: LedgerEvent = {
    type: 'RevertStepEnded',
    data: {
      ...{ ...step, action_id: 7, outcome: 'errored' as const, reason: 'no power' },
      ended_at: '2026-05-01T00:00:30.000Z',
    },
  };

  it('shows the step under way, and leaves the finding open', () => {
    const asked = rows(requested())(driftReverts);
    expect(asked).to.have.length(1);
    expect(asked[0]).to.include({ run_id: runId(), drift_id: driftId('size_slug'), status: 'running' });
    expect(asked[0]).to.include({ step: null, action_id: null, reason: null, ended_at: null });
    expect(rows(requested(), intended())(driftReverts)[0]).to.include({ step: 'power_off', action_id: null });
    expect(rows(requested(), intended(), started)(driftReverts)[0]).to.include({ action_id: 7 });
    const ended = rows(requested(), intended(), started, errored);
    expect(ended(driftReverts)[0]).to.include({ status: 'running', reason: 'no power' });
    expect(ended(drift)[0]).to.include({ status: 'open', actual: large });
  });

  it('closes the finding with the size at the end', () => {
    const reverted = rows(requested(), revertEnded('reverted'));
    const left = { left_status: 'active', left_size_slug: small };
    expect(reverted(driftReverts)[0]).to.include({ status: 'reverted', reason: null, ...left });
    expect(reverted(drift)[0]).to.include({ status: 'reverted', actual: small });
  });

  it('keeps the finding open after a failure, and has a row for each attempt', () => {
    const failed = rows(requested(), revertEnded('failed'), requested(2));
    expect(failed(drift)[0]).to.include({ status: 'open', closed_at: null });
    const byRun = new Map(failed(driftReverts).map((row) => [row['run_id'], row]));
    const left = { left_status: 'active', left_size_slug: large };
    expect(byRun.get(runId())).to.include({ status: 'failed', reason: 'no room', attempt: 1, ...left });
    expect(byRun.get(runId(2))).to.include({ status: 'running', attempt: 2, ended_at: null });
  });
});
