/** The hash before the first event's, in hex. */
export const GENESIS = '0'.repeat(64);
