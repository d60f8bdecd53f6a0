import type { z } from 'zod';
import { UsageError } from './usage-error.ts';

/**
 * A job's input: one JSON object, or pairs: `day=2026-04-01`, `--day 2026-04-01`, `--day=2026-04-01`,
 * `--force`. Values of pairs are text; `true`, `false` and whole numbers are read as such where the job's
 * schema does not take the text.
 * @throws {UsageError} an argument of another form, a key given twice, or input that the schema refuses
 */
export function parseJobInput(schema: z.ZodType, args: readonly string[]): Record<string, unknown> {
  const [only] = args;
  if (args.length === 1 && only?.trimStart().startsWith('{') === true) return objectInput(schema, only);
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

function objectInput(schema: z.ZodType, text: string): Record<string, unknown> {
  let input: Record<string, unknown>;
  try {
    // What begins with a brace and parses is an object.
    input = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new UsageError(`${text}: not a JSON object`);
  }
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new UsageError(reasons(parsed.error));
  return input;
}

function pairs(args: readonly string[]): Record<string, unknown> {
  const entries = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, dashes = '', key = '', value] = /^(--)?([^=-][^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (key === '' || (dashes === '' && value === undefined))
      throw new UsageError(`"${arg}": expected key=value, as in day=2026-04-01`);
    if (entries.has(key)) throw new UsageError(`${key}: given more than once`);
    // An option's value may follow it; one that none follows is a switch.
    const follows =
      value === undefined && rest[0] !== undefined && !rest[0].startsWith('--') ? rest.shift() : undefined;
    entries.set(key, value ?? follows ?? 'true');
  }
  return Object.fromEntries(entries);
}

function plainValue(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function reasons(error: z.ZodError): string {
  return error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${key}: the job takes no such input`)
        : [`${issue.path.join('.')}: ${issue.message}`],
    )
    .join('\n');
}
