import type { z } from 'zod';
import { UsageError } from './usage-error.ts';

/**
 * The input that `key=value` arguments name. Values are text; where the job's schema does not take the text, `true`,
 * `false` and whole numbers are read as what they look like.
 * @throws {UsageError} an argument without `=`, a key given twice, or input that the schema refuses
 */
export function parseJobInput(schema: z.ZodType, args: readonly string[]): Record<string, unknown> {
  const input = pairs(args);
  const first = schema.safeParse(input);
  if (first.success) return input;
  for (const key of new Set(first.error.issues.map((issue) => String(issue.path[0] ?? '')))) {
    if (key in input) input[key] = plainValue(String(input[key]));
  }
  const second = schema.safeParse(input);
  if (!second.success) throw new UsageError(reasons(second.error));
  return input;
}

function pairs(args: readonly string[]): Record<string, unknown> {
  const entries = new Map<string, string>();
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (equals < 1) throw new UsageError(`"${arg}": expected key=value, as in day=2026-04-01`);
    const key = arg.slice(0, equals);
    if (entries.has(key)) throw new UsageError(`${key}: given more than once`);
    entries.set(key, arg.slice(equals + 1));
  }
  return Object.fromEntries(entries);
}

function plainValue(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function reasons(error: z.ZodError): string {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => `${key}: the job takes no such input`) : [`${issue.path.join('.')}: ${issue.message}`]).join('\n');
}
