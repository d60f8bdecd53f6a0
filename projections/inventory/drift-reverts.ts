import { patch, upsert, type Handlers } from '../../src/read-models/projection.ts';
import { drift, driftReverts } from './tables.ts';

/** Reverts of drift, and the findings that they close. */
export const driftRevertHandlers = {
  DriftRevertRequested: ({ data: { run_id, drift_id, resource_id, attempt, requested_at } }) =>
    upsert(driftReverts, {
      ...{ run_id, drift_id, resource_id, attempt, requested_at },
      ...{ status: 'running', step: null, action_id: null, reason: null },
      ...{ left_status: null, left_size_slug: null, ended_at: null },
    }),
  RevertStepIntended: ({ data: { run_id, step } }) =>
    patch(driftReverts, { run_id }, { step, action_id: null }),
  RevertStepStarted: ({ data: { run_id, action_id } }) => patch(driftReverts, { run_id }, { action_id }),
  RevertStepEnded: ({ data: { run_id, action_id, reason } }) =>
    patch(driftReverts, { run_id }, { action_id, reason }),
  DriftReverted: ({ data, metadata: { recorded_at } }) => [
    patch(
      driftReverts,
      { run_id: data.run_id },
      {
        ...{ status: 'reverted', reason: null, ended_at: data.ended_at },
        ...{ left_status: data.status, left_size_slug: data.actual },
      },
    ),
    patch(
      drift,
      { id: data.drift_id },
      { status: 'reverted', actual: data.actual, updated_at: recorded_at, closed_at: recorded_at },
    ),
  ],
  DriftRevertFailed: ({ data: { run_id, reason, left, ended_at } }) =>
    patch(
      driftReverts,
      { run_id },
      { status: 'failed', reason, left_status: left.status, left_size_slug: left.size_slug, ended_at },
    ),
} satisfies Handlers;
