import type { Aggregate } from '../../src/ledger/command.ts';
import type { ProjectEvent } from '../../src/events/inventory.ts';

/** The stream of one of the provider's projects. */
export const projectStream = (projectId: string): string => `project-${projectId}`;

/** The provider's fields of a project. */
export interface ProjectFields {
  name: string;
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  created_at: string | null;
}

/** Null until the provider first lists it. */
export type ProjectState = {
  project_id: string;
  fields: ProjectFields;
  removed: boolean;
  tenant_id: string | null;
  /** The deployment that its resources are tied to by themselves; null without such a rule. */
  deploys: string | null;
} | null;

function fieldsOf({
  name,
  description,
  purpose,
  environment,
  is_default,
  created_at,
}: ProjectFields): ProjectFields {
  return { name, description, purpose, environment, is_default, created_at };
}

/** One of the provider's projects: it may belong to a tenant. */
export const project: Aggregate<ProjectState, ProjectEvent> = {
  name: 'project',
  initialState: null,
  evolve(state, event): ProjectState {
    if (event.type === 'ProjectDiscovered')
      return {
        project_id: event.data.project_id,
        fields: fieldsOf(event.data),
        removed: false,
        tenant_id: null,
        deploys: null,
      };
    if (state === null) throw new Error(`${event.type} before ProjectDiscovered`);
    switch (event.type) {
      case 'ProjectChanged':
        return { ...state, fields: fieldsOf(event.data), removed: false };
      case 'ProjectRemoved':
        return { ...state, removed: true };
      case 'ProjectAssigned':
        return { ...state, tenant_id: event.data.tenant_id };
      case 'ProjectRuleSet':
        return { ...state, deploys: event.data.deployment_id };
      case 'ProjectRuleEnded':
        return { ...state, deploys: null };
    }
  },
};
