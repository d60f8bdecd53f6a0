import type { FieldError } from '../ledger/refusal.ts';
import type { Field, RowsField, ValueField } from './field.ts';

/** What a form was made into: members of a body, parameters of a query, and what could not be read. */
export interface FormBody {
  body: Record<string, unknown>;
  query: Record<string, string>;
  errors: FieldError[];
  /** What was typed, without the empty rows: its names are those of the errors. */
  typed: Record<string, string>;
}

const omitted = Symbol('omitted');

/** Cents of an amount as people type it: `1,234.5` is 123450. Null: it is no amount. */
export function centsOf(text: string): number | null {
  const [, sign = '', whole = '', fraction = ''] =
    /^([-−]?)(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text.replaceAll(/[,\s]/g, '')) ?? [];
  if (whole === '') return null;
  // The digits of an integer of cents: exact, and no decimal passes through a float.
  const cents = Number.parseInt(`${whole}${fraction.padEnd(2, '0')}`, 10);
  return sign === '' || cents === 0 ? cents : -cents;
}

/** An amount as a field of a form shows it: 123450 is `1234.50`. */
export function typedCents(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** @throws {Error} with the reason, where the text can't be one of this kind */
function valueOf(field: ValueField, text: string): unknown {
  if (field.kind === 'checkbox') return text !== '';
  if (text === '' || (text.trim() === '' && field.kind !== 'textarea' && field.kind !== 'text')) {
    if (field.kind === 'lines') return field.empty === 'keep' ? [] : omitted;
    return field.empty === 'null' ? null : field.empty === 'keep' ? '' : omitted;
  }
  switch (field.kind) {
    case 'money': {
      const cents = centsOf(text);
      if (cents === null) throw new Error('expected an amount such as 78.23');
      return cents;
    }
    case 'integer':
      // What is no number goes as it is: the API says what it expects.
      return /^-?\d{1,15}$/.test(text.trim()) ? Number.parseInt(text, 10) : text;
    case 'lines':
      return text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
    case 'json':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new Error('is not JSON');
      }
    case 'textarea':
      return text.replaceAll('\r\n', '\n');
    case 'instant':
      // A browser's field has no seconds and no zone; the console speaks UTC.
      return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? `${text}:00Z` : text;
    default:
      return text.trim();
  }
}

/** Sets a member of members: `address.city`. */
function setMember(target: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() ?? path;
  let place = target;
  for (const part of parts) place = (place[part] ??= {}) as Record<string, unknown>;
  place[last] = value;
}

/** The rows that have something in them, numbered anew. */
function rowsOf(
  { name, fields }: RowsField,
  typed: Readonly<Record<string, string>>,
): Record<string, string>[] {
  const numbers = new Set<number>();
  for (const key of Object.keys(typed)) {
    const number = key.startsWith(`${name}.`) ? /^\d{1,3}(?=\.)/.exec(key.slice(name.length + 1)) : null;
    if (number) numbers.add(Number.parseInt(number[0], 10));
  }
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) =>
      Object.fromEntries(fields.map((field) => [field.name, typed[`${name}.${number}.${field.name}`] ?? ''])),
    )
    .filter((row) =>
      fields.some((field) => field.kind !== 'checkbox' && field.kind !== 'select' && row[field.name]?.trim()),
    );
}

/** Makes the members of a body of what was typed into a form's fields. */
export function formBody(fields: readonly Field[], sent: Readonly<Record<string, string>>): FormBody {
  const made: FormBody = { body: {}, query: {}, errors: [], typed: {} };
  const take = (field: ValueField, name: string, text: string, into: Record<string, unknown>): void => {
    made.typed[name] = text;
    try {
      const value = valueOf(field, text);
      if (value === omitted) return;
      if (field.inQuery) made.query[field.name] = String(value);
      else setMember(into, field.name, value);
    } catch (error) {
      made.errors.push({ path: name, message: (error as Error).message });
    }
  };
  for (const field of fields) {
    if (field.kind !== 'rows') take(field, field.name, sent[field.name] ?? '', made.body);
    else
      setMember(
        made.body,
        field.name,
        rowsOf(field, sent).map((row, index) => {
          const item: Record<string, unknown> = {};
          for (const column of field.fields)
            take(column, `${field.name}.${index}.${column.name}`, row[column.name] ?? '', item);
          return item;
        }),
      );
  }
  return made;
}
