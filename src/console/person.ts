import type { Request, Response } from 'express';
import type { ConsoleSession } from '../database/console-sessions.ts';
import type { Caller } from '../http/caller.ts';
import { correlationIdOf } from '../http/correlation.ts';
import { askBy, callsOf, type CallAsPerson } from './ask.ts';
import type { ConsoleOptions } from './options.ts';
import type { Ask, PageAccess } from './page.ts';

/** A signed-in person, for one request. */
export interface Person {
  session: ConsoleSession;
  caller: Caller;
  call: CallAsPerson;
  ask: Ask;
}

/** The caller that a session is for: the same as that of the token that began it. */
export function callerOfSession({ subject, tenant_id, roles }: ConsoleSession): Caller {
  return {
    sub: subject,
    tenantId: tenant_id,
    admin: roles.includes('platform_admin'),
    service: false,
    roles,
  };
}

/** A person's request to the API. */
export function personOf(options: ConsoleOptions, session: ConsoleSession, response: Response): Person {
  const caller = callerOfSession(session);
  const call = callsOf(options.deps, options.runtime, {
    caller,
    correlationId: correlationIdOf(response),
    position: session.position,
  });
  return { session, caller, call, ask: askBy(call) };
}

export function mayOpen(caller: Caller, access: PageAccess): boolean {
  return access === 'signed-in' || (access === 'admin') === caller.admin;
}

/** The values of a path's `:names`. */
export function paramsOf(request: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)]));
}
