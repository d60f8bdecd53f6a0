/** The code of a system's or a driver's error, as `ENOENT`; '' for an error without one. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
