import { patch, upsert, type Handlers } from '../../src/read-models/projection.ts';
import { lastSweeps, projects } from './tables.ts';

/** The provider's projects, and the last counted sweep of each kind. */
export const projectAndSweepHandlers = {
  ProjectDiscovered: ({ data: { project_id, ...fields } }) =>
    upsert(projects, {
      id: project_id,
      ...fields,
      tenant_id: null,
      removed: false,
      deploys: null,
      deploys_changed_at: null,
    }),
  // A returning project keeps its tenant: its return is a change.
  ProjectChanged: ({ data: { project_id, ...fields } }) =>
    patch(projects, { id: project_id }, { ...fields, removed: false }),
  ProjectRemoved: ({ data }) => patch(projects, { id: data.project_id }, { removed: true }),
  ProjectAssigned: ({ data }) => patch(projects, { id: data.project_id }, { tenant_id: data.tenant_id }),
  ProjectRuleSet: ({ data, metadata }) =>
    patch(
      projects,
      { id: data.project_id },
      { deploys: data.deployment_id, deploys_changed_at: metadata.recorded_at },
    ),
  ProjectRuleEnded: ({ data, metadata }) =>
    patch(projects, { id: data.project_id }, { deploys: null, deploys_changed_at: metadata.recorded_at }),
  SweepRecorded: ({ data: { counted, ...sweep } }) => (counted ? upsert(lastSweeps, sweep) : []),
} satisfies Handlers;
