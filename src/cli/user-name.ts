import { userInfo } from 'node:os';

/** Who runs the command line, for the records; `unknown` where the system has no name for the user. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
