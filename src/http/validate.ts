import type { z } from 'zod';
import { Refused, refuse, type FieldError } from '../ledger/refusal.ts';
import { brokenText, repairedText } from './text.ts';

/** The deepest nesting that is accepted: no schema comes near, and recursion over a value stays safe. */
const MAX_DEPTH = 32;
/** The most fields that a problem names, and characters of each path: answers stay small. */
const MAX_ERRORS = 100;
const MAX_PATH = 200;

function pathOf(parts: readonly PropertyKey[]): string {
  // A name that a client sent may be broken text; in an answer it must be valid.
  return repairedText(parts.map(String).join('.').slice(0, MAX_PATH));
}

/** @throws {Refused} `invalid-input` naming the fields at fault, the first {@link MAX_ERRORS} of `count` */
function refuseFields(errors: readonly FieldError[], count: number): never {
  const [first] = errors;
  const detail =
    first === undefined
      ? 'the request is not valid'
      : first.path === ''
        ? first.message
        : `${first.path}: ${first.message}`;
  throw new Refused(
    refuse('invalid-input', count > 1 ? `${detail} (and ${count - 1} more)` : detail, {
      errors: errors.slice(0, MAX_ERRORS),
    }),
  );
}

/** Why a field's name is refused, or null. `__proto__`: an object made from a request would lose it. */
const brokenName = (name: string): string | null =>
  name === '__proto__' ? 'must not be __proto__' : brokenText(name);

/**
 * Whether a value holds nothing that every request is refused for: U+0000 and lone surrogates, which
 * PostgreSQL and JSON can't hold, and deep nesting. It runs for each request and allocates no errors.
 */
function isSound(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return brokenText(value) === null;
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((member) => isSound(member, depth + 1));
  return Object.entries(value).every(
    ([name, member]) => brokenName(name) === null && isSound(member, depth + 1),
  );
}

/** The places where a value is not sound. */
function universalErrors(value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const look = (current: unknown, path: readonly PropertyKey[]): void => {
    if (errors.length >= MAX_ERRORS) return;
    if (typeof current === 'string') {
      const message = brokenText(current);
      if (message) errors.push({ path: pathOf(path), message });
    } else if (typeof current === 'object' && current !== null) {
      if (path.length >= MAX_DEPTH) {
        errors.push({ path: pathOf(path.slice(0, 4)), message: `nested more than ${MAX_DEPTH} deep` });
        return;
      }
      for (const [name, member] of Object.entries(current)) {
        const message = brokenName(name);
        if (message) errors.push({ path: pathOf([...path, name]), message: `a field name ${message}` });
        look(member, [...path, name]);
      }
    }
  };
  look(value, []);
  return errors;
}

/** The issues of the union's branch that fits best: the one with the fewest. */
function nearestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  return branches.reduce<readonly z.core.$ZodIssue[]>(
    (best, branch) => (best.length === 0 || branch.length < best.length ? branch : best),
    [],
  );
}

/** The first errors of these issues, {@link MAX_ERRORS} at most, and how many there are in all. */
function fieldErrors(
  issues: readonly z.core.$ZodIssue[],
  prefix: readonly PropertyKey[] = [],
): { errors: FieldError[]; count: number } {
  const errors: FieldError[] = [];
  let count = 0;
  const add = (path: readonly PropertyKey[], message: string): void => {
    count += 1;
    if (errors.length < MAX_ERRORS) errors.push({ path: pathOf(path), message });
  };
  for (const issue of issues) {
    if (errors.length >= MAX_ERRORS) {
      count += issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
      continue;
    }
    const path = [...prefix, ...issue.path];
    const within =
      issue.code === 'invalid_union' && issue.errors.length > 0
        ? nearestBranch(issue.errors)
        : issue.code === 'invalid_key'
          ? issue.issues
          : null;
    if (within !== null) {
      const inner = fieldErrors(within, path);
      errors.push(...inner.errors.slice(0, MAX_ERRORS - errors.length));
      count += inner.count;
    } else if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) add([...path, key], 'unknown field');
    else add(path, issue.message);
  }
  return { errors, count };
}

/**
 * Parses one part of a request.
 * @throws {Refused} `invalid-input` whose `errors` have paths as in `items.0.included_qty`
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  if (!isSound(value)) {
    const errors = universalErrors(value);
    refuseFields(errors, errors.length);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const { errors, count } = fieldErrors(parsed.error.issues);
    refuseFields(errors, count);
  }
  return parsed.data;
}
