import { userInfo } from 'node:os';

/** The user of the command line, for metadata; `unknown` where the system has no name for it. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
