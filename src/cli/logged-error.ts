import { hideAndShorten } from '../runtime/hide-secrets.ts';

/** An error as the logger writes it. */
export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  [member: string]: unknown;
}

/**
 * Members of errors that hold no data of tenants. Others are left out: errors of libraries may hold whole
 * requests, options with passwords, arguments of commands, or rows of tables.
 */
const shown = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'severity',
  'routine',
  'schema_name',
  'table_name',
  'column_name',
  'constraint_name',
  'status',
  'path',
  'requestId',
  'providerCode',
  'retryAt',
  'stream',
  'expected',
  'actual',
] as const;

/** How far causes are followed, and how many errors of one are shown. */
const deepest = 5;
const mostErrors = 20;
/** Characters that are kept of a message or a member, and of a stack: an upstream's may be of any length. */
const longestText = 4_000;
const longestStack = 8_000;

/**
 * An error for the logger: its type, its message, where it was thrown, and its causes.
 * @param secrets what is hidden before a text is shortened
 */
export function describeError(error: unknown, secrets: readonly string[] = [], depth = 0): LoggedError {
  const short = (text: string): string => hideAndShorten(text, longestText, secrets);
  if (!(error instanceof Error)) return { type: typeof error, message: short(String(error)) };
  const members = error as unknown as Record<string, unknown>;
  const described: LoggedError = {
    type: short(error.name),
    message: short(error.message),
    ...(error.stack === undefined ? {} : { stack: hideAndShorten(error.stack, longestStack, secrets) }),
  };
  for (const name of shown) {
    const value = members[name];
    if (typeof value === 'string') described[name] = short(value);
    if (typeof value === 'number') described[name] = value;
  }
  if (depth >= deepest) return described;
  if (error.cause !== undefined) described['cause'] = describeError(error.cause, secrets, depth + 1);
  if (error instanceof AggregateError) {
    described['errors'] = error.errors
      .slice(0, mostErrors)
      .map((each: unknown) => describeError(each, secrets, depth + 1));
  }
  return described;
}
