import { advanceRevert } from '../../../../commands/inventory/advance-revert.ts';
import type { RevertProgress } from '../../../../commands/inventory/revert.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dropletId } from '../../../support/commands/droplet-events.ts';
import {
  intended,
  requested,
  revertEnded,
  runId,
  wrongSize,
} from '../../../support/commands/revert-events.ts';

describe('advance-revert', () => {
  const of = { resource_id: dropletId, run_id: runId() };
  const events = [...wrongSize, requested()];

  it('adds the event of the process that has seen all before it', () => {
    given(advanceRevert, events)
      .when({ ...of, seq: 1, event: intended() }, undefined)
      .then([intended()]);
  });

  it('adds nothing for the same event again', () => {
    given(advanceRevert, [...events, intended()])
      .when({ ...of, seq: 1, event: intended() }, undefined)
      .then([]);
  });

  it('refuses another event than the one that came first, also of the same kind', () => {
    const other: RevertProgress = intended({ intended_at: '2026-05-01T00:30:00.000Z' });
    given(advanceRevert, [...events, intended()])
      .when({ ...of, seq: 1, event: other }, undefined)
      .refused('conflict');
  });

  it('refuses an event that is ahead of the revert, one after its end, and one of no revert', () => {
    given(advanceRevert, events)
      .when({ ...of, seq: 2, event: intended() }, undefined)
      .refused('conflict');
    given(advanceRevert, [...events, revertEnded('failed')])
      .when({ ...of, seq: 2, event: intended() }, undefined)
      .refused('conflict');
    given(advanceRevert, events)
      .when({ ...of, run_id: runId(2), seq: 1, event: intended() }, undefined)
      .refused('not-found');
  });
});
