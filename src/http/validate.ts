import type { z } from 'zod';
import { Refused, refuse } from '../engine/refusal.ts';
import type { FieldError } from '../engine/refusal.ts';
import { brokenText, repairedText } from './text.ts';

/** Nesting beyond this is refused: no body of ours comes near, and recursion over it stays safe. */
const MAX_DEPTH = 32;
/** A problem names at most so many fields, and so much of each path: answers stay small whatever was sent. */
const MAX_ERRORS = 100;
const MAX_PATH = 200;

function pathOf(parts: readonly PropertyKey[]): string {
  // A client may have sent a broken name; in an answer it must be valid text again.
  return repairedText(parts.map(String).join('.').slice(0, MAX_PATH));
}

/** @throws {Refused} `invalid-input` with every field at fault */
function refuseFields(errors: FieldError[]): never {
  const [first] = errors;
  const detail = first === undefined ? 'the request is not valid' : first.path === '' ? first.message : `${first.path}: ${first.message}`;
  throw new Refused(refuse('invalid-input', errors.length > 1 ? `${detail} (and ${errors.length - 1} more)` : detail, { errors: errors.slice(0, MAX_ERRORS) }));
}

/**
 * What no request may contain anywhere, whatever its schema says: U+0000 and lone surrogates, which
 * Postgres and JSON can't hold, and nesting without end.
 */
function universalErrors(value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const open: { value: unknown; path: PropertyKey[] }[] = [{ value, path: [] }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { value: current, path } = item;
    if (typeof current === 'string') {
      const message = brokenText(current);
      if (message) errors.push({ path: pathOf(path), message });
    } else if (typeof current === 'object' && current !== null) {
      if (path.length >= MAX_DEPTH) return [{ path: pathOf(path.slice(0, 4)), message: `nested more than ${MAX_DEPTH} deep` }];
      for (const [name, member] of Object.entries(current)) {
        const message = brokenText(name);
        if (message) errors.push({ path: pathOf([...path, name]), message: `a field name ${message}` });
        open.push({ value: member, path: [...path, name] });
      }
    }
    if (errors.length > MAX_ERRORS) break;
  }
  return errors;
}

/** The issues of the union's branch that came nearest: the one with the fewest. */
function nearestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  return branches.reduce<readonly z.core.$ZodIssue[]>((best, branch) => (best.length === 0 || branch.length < best.length ? branch : best), []);
}

function fieldErrors(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: pathOf([...path, key]), message: 'unknown field' }));
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return fieldErrors(nearestBranch(issue.errors), path);
    if (issue.code === 'invalid_key') return fieldErrors(issue.issues, path);
    return [{ path: pathOf(path), message: issue.message }];
  });
}

/**
 * Parses one part of a request.
 * @throws {Refused} `invalid-input` whose `errors` have paths as in `items.0.included_qty`
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const universal = universalErrors(value);
  if (universal.length > 0) refuseFields(universal);
  const parsed = schema.safeParse(value);
  if (!parsed.success) refuseFields(fieldErrors(parsed.error.issues));
  return parsed.data;
}
