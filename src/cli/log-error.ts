/** An error as the log shows it. */
export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  [member: string]: unknown;
}

/**
 * Members of errors that help to find a fault and are never anybody's data. All others stay out: libraries hang whole requests,
 * options with passwords, commands with their arguments and rows of tables onto their errors.
 */
const shown = ['code', 'errno', 'syscall', 'address', 'port', 'severity', 'routine', 'schema_name', 'table_name', 'column_name', 'constraint_name', 'status', 'path', 'requestId', 'providerCode', 'retryAt', 'stream', 'expected', 'actual'] as const;

/** How far causes are followed. */
const deepest = 5;

/** Writes an error for the log: what it is, what it says, where it was thrown, what caused it. */
export function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const members = error as unknown as Record<string, unknown>;
  const described: LoggedError = { type: error.name, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
  for (const name of shown) {
    const value = members[name];
    if (typeof value === 'string' || typeof value === 'number') described[name] = value;
  }
  if (depth >= deepest) return described;
  if (error.cause !== undefined) described['cause'] = describeError(error.cause, depth + 1);
  if (error instanceof AggregateError) described['errors'] = error.errors.map((each: unknown) => describeError(each, depth + 1));
  return described;
}
