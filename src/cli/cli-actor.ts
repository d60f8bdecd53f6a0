import { userInfo } from 'node:os';
import type { Actor } from '../events/define.ts';

/** The actor of what the command line does: its user, as an admin. */
export function cliActor(): Actor {
  return { sub: `cli:${userName()}`, tenant_id: null, roles: ['platform_admin'] };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // The system has no name for the user.
    return 'unknown';
  }
}
