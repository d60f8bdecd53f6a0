import type { Actor } from '../events/define.ts';

/** Whom a tenant sees in the place of the operator's staff and machines. */
export const operator = 'operator';

/**
 * Who caused an event, as a viewer may know it. A tenant sees its own people and the jobs by their names; who
 * works for the operator, and by what machine, is the operator's alone.
 * @param tenantId the viewer's; null for an admin, who sees all
 */
export function shownActor({ sub, tenant_id, roles }: Actor, tenantId: string | null): string {
  if (tenantId === null) return sub;
  const isStaff = roles.includes('platform_admin');
  if (isStaff && tenant_id === null && sub.startsWith('job:')) return sub;
  return !isStaff && tenant_id === tenantId ? sub : operator;
}
