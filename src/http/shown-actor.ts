import type { Actor } from '../events/define.ts';

const operator = 'operator';

/**
 * An event's actor as a viewer may see it: a tenant sees its own people and jobs by name, else `operator`.
 * @param tenantId the viewer's tenant; null for an admin, who sees all
 */
export function shownActor({ sub, tenant_id, roles }: Actor, tenantId: string | null): string {
  if (tenantId === null) return sub;
  const isStaff = roles.includes('platform_admin');
  if (isStaff && tenant_id === null && sub.startsWith('job:')) return sub;
  return !isStaff && tenant_id === tenantId ? sub : operator;
}
