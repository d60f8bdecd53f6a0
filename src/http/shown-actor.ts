import type { Actor } from '../events/define.ts';

/** What a tenant sees in place of the operator's staff and machines. */
const operator = 'operator';

/**
 * Who caused an event, as a viewer may see it. A tenant sees its own people and the jobs by their names, and
 * `operator` for the operator's staff and machines.
 * @param tenantId the viewer's tenant; null for an admin, who sees all
 */
export function shownActor({ sub, tenant_id, roles }: Actor, tenantId: string | null): string {
  if (tenantId === null) return sub;
  const isStaff = roles.includes('platform_admin');
  if (isStaff && tenant_id === null && sub.startsWith('job:')) return sub;
  return !isStaff && tenant_id === tenantId ? sub : operator;
}
