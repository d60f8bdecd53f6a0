/** Facts of the rules on 10 May 2026: project p1 deploys to d1, and p2 to d2. */
import type { RuledResource, RuledTie, RuleFacts } from '../../../commands/inventory/decide-rule-ties.ts';

export const placedIn = (
  project_id: string | null,
  since = '2026-05-01',
  position = 10,
): NonNullable<RuledResource['place']> => ({ project_id, since, position });

/** A resource in project p1 since the first of May. */
export const resource = (resource_id: string, change: Partial<RuledResource> = {}): RuledResource => ({
  resource_id,
  tenant_id: 'skyai-internal',
  first_seen: '2026-05-01',
  stale: false,
  place: placedIn('p1'),
  source_id: null,
  ties: [],
  ...change,
});

/** An open tie by hand. */
export const tied = (
  deployment_id: string,
  effective_from: string,
  change: Partial<RuledTie> = {},
): RuledTie => ({
  deployment_id,
  tenant_id: `tenant of ${deployment_id}`,
  effective_from,
  effective_to: null,
  tied_position: 20,
  untied_position: change.effective_to === undefined ? null : 40,
  untied_reason: null,
  ...change,
});

export const byProject = { rule: { by: 'project', project_id: 'p1' } } as const;
export const bySource = { rule: { by: 'source', resource_id: 'r' } } as const;

export const facts = (
  resources: readonly RuledResource[],
  change: Partial<Omit<RuleFacts, 'resources'>> = {},
): RuleFacts => ({
  today: '2026-05-10',
  resources,
  projects: new Map([
    ['p1', { deploys: 'd1', changed: '2026-05-02' }],
    ['p2', { deploys: 'd2', changed: '2026-05-02' }],
  ]),
  deployments: new Map([
    ['d1', { tenant_id: 'acme', state: 'active' }],
    ['d2', { tenant_id: 'globex', state: 'active' }],
    ['d9', { tenant_id: 'initech', state: 'active' }],
  ]),
  invoiced: new Map(),
  ...change,
});
