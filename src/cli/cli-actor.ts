import { userInfo } from 'node:os';

/** The actor of what the command line does: its user, as an admin. */
export function cliActor() {
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
