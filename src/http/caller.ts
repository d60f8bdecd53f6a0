import type { Actor } from '../events/define.ts';
import { Refused, refuse, refuseField } from '../ledger/refusal.ts';

/** The sender of a request, from a verified token. */
export interface Caller {
  readonly sub: string;
  /** The tenant that the caller is scoped to. An admin's is recorded with its events and limits nothing. */
  readonly tenantId: string | null;
  /** Role `platform_admin`: sees all tenants. */
  readonly admin: boolean;
  /** Role `service` without `platform_admin`: may use the routes of integrations only. */
  readonly service: boolean;
  readonly roles: readonly string[];
}

/** The caller of a public route. It has no scope: {@link scopeOf} refuses it. */
export const anonymous: Caller = {
  sub: 'anonymous',
  tenantId: null,
  admin: false,
  service: false,
  roles: [],
};

/** The caller as events name it. */
export function actorOf({ sub, tenantId, roles }: Caller): Actor {
  return { sub, tenant_id: tenantId, roles: [...roles] };
}

/** Who may use a route. `tenant`: tenants and admins; `integration`: services and admins. */
export type Access = 'public' | 'tenant' | 'admin' | 'integration';

/** Whether a caller may use routes of this access. */
export function mayAccess(caller: Caller, access: Access): boolean {
  switch (access) {
    case 'public':
      return true;
    case 'admin':
      return caller.admin;
    case 'integration':
      return caller.admin || caller.service;
    case 'tenant':
      return caller.admin || (!caller.service && caller.tenantId !== null);
  }
}

/**
 * The tenant that a caller's queries are limited to, or null for an admin, who sees all.
 * @throws {Refused} `forbidden` for a caller with neither: "no tenant" never means "no filter"
 */
export function scopeOf(caller: Caller): string | null {
  if (caller.admin) return null;
  if (caller.tenantId === null || caller.service)
    throw new Refused(refuse('forbidden', 'this caller has no tenant'));
  return caller.tenantId;
}

/** The object. @throws {Refused} `not-found` where it is absent */
export function foundOr404<T>(object: T | null | undefined, what: string): T {
  if (object === null || object === undefined)
    throw new Refused(refuse('not-found', `there is no such ${what}`));
  return object;
}

/**
 * The object, if it exists and the caller may see it.
 * @throws {Refused} `not-found` for an absent object, and for another tenant's, whose existence stays hidden
 */
export function ownerOr404<T extends { tenant_id: string | null }>(
  caller: Caller,
  object: T | null | undefined,
  what: string,
): T {
  const scope = scopeOf(caller);
  return foundOr404(scope === null || object?.tenant_id === scope ? object : null, what);
}

/**
 * The tenant that a list is limited to: a tenant's own (naming it is allowed), the one that an admin names or
 * null for an admin that names none.
 * @throws {Refused} `forbidden` for a tenant that names another
 */
export function listScope(caller: Caller, requested: string | undefined): string | null {
  return scopeOf(caller) === null ? (requested ?? null) : tenantFor(caller, requested);
}

/**
 * The tenant that a command is for: a tenant's own (naming it is allowed), an admin's choice.
 * @throws {Refused} `forbidden` for a tenant that names another, `invalid-input` for an admin that names none
 */
export function tenantFor(caller: Caller, requested: string | undefined): string {
  const scope = scopeOf(caller);
  if (scope === null) {
    if (requested === undefined)
      throw new Refused(refuseField('tenant_id', 'required: an admin names the tenant'));
    return requested;
  }
  if (requested !== undefined && requested !== scope)
    throw new Refused(refuse('forbidden', 'tenant_id is not your own'));
  return scope;
}
