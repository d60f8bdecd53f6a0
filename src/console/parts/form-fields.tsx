import type { InputHTMLAttributes } from 'preact';
import type { FieldError } from '../../ledger/refusal.ts';
import type { Draft } from '../draft.ts';
import type { Option, RowsField, ValueField } from '../field.ts';
import { typedCents } from '../form-body.ts';

/** What the API said about a field. */
export const errorsOf = (draft: Draft | null, name: string): readonly FieldError[] =>
  draft?.errors.filter(({ path }) => path === name || path.startsWith(`${name}.`)) ?? [];

/** A member of members: `address.city`. */
export function memberOf(values: Readonly<Record<string, unknown>>, path: string): unknown {
  if (path in values) return values[path];
  return path
    .split('.')
    .reduce<unknown>(
      (place, part) =>
        typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[part] : undefined,
      values,
    );
}

/** A value of the API as its field shows it. */
export function typedValue({ kind }: ValueField, value: unknown): string {
  if (value === null || value === undefined || value === false) return '';
  if (kind === 'checkbox') return 'on';
  if (kind === 'money' && typeof value === 'number') return typedCents(value);
  if (kind === 'period' && typeof value === 'string') return value.slice(0, 7);
  if (kind === 'instant' && typeof value === 'string') return value.slice(0, 16);
  if (kind === 'lines' && Array.isArray(value)) return value.map(String).join('\n');
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

interface OneFieldProps {
  field: ValueField;
  /** As it is sent: with its place in a table of fields. */
  name: string;
  value: string;
  options: readonly Option[];
  errors: readonly FieldError[];
  id: string;
  /** In a table of fields, where no column has to be filled in: a label says no more than its name. */
  inRow?: boolean;
}

/** A field with its label, its hint and what is wrong with it. */
export function OneField({ field, name, value, options, errors, id, inRow = false }: OneFieldProps) {
  if (field.kind === 'hidden') return <input type="hidden" name={name} value={value} />;
  const inputId = `${id}-${name}`;
  const notes = [
    ...(field.hint === undefined ? [] : [`${inputId}-hint`]),
    ...(errors.length === 0 ? [] : [`${inputId}-error`]),
  ];
  const described = {
    id: inputId,
    name,
    ...(notes.length === 0 ? {} : { 'aria-describedby': notes.join(' ') }),
    ...(errors.length === 0 ? {} : { 'aria-invalid': true as const }),
    ...(field.required ? { 'aria-required': true as const } : {}),
  };
  const input = <Input field={field} value={value} options={options} described={described} />;
  return (
    <div class={`field field-${field.kind}`}>
      {field.kind === 'checkbox' ? (
        <label class="check">
          {input}
          <span>{field.label}</span>
        </label>
      ) : (
        <>
          <label for={inputId}>
            {field.label}
            {!field.required && !inRow && <span class="muted"> optional</span>}
          </label>
          {input}
        </>
      )}
      {field.hint !== undefined && (
        <p class="hint" id={`${inputId}-hint`}>
          {field.hint}
        </p>
      )}
      {errors.length > 0 && (
        <p class="field-error" id={`${inputId}-error`}>
          {errors.map(({ path, message }) => (path === name ? message : `${path}: ${message}`)).join('; ')}
        </p>
      )}
    </div>
  );
}

const inputTypes: Partial<Record<ValueField['kind'], string>> = {
  email: 'email',
  day: 'date',
  period: 'month',
  instant: 'datetime-local',
};

/** The control itself. The browser checks nothing: the API's own messages are shown. */
function Input({
  field,
  value,
  options,
  described,
}: {
  field: ValueField;
  value: string;
  options: readonly Option[];
  described: Record<string, string | boolean>;
}) {
  switch (field.kind) {
    case 'textarea':
    case 'lines':
    case 'json':
      return (
        <textarea {...described} rows={field.kind === 'textarea' ? 2 : 4} placeholder={field.placeholder}>
          {value}
        </textarea>
      );
    case 'select':
      return (
        <select {...described}>
          {options.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      );
    case 'checkbox':
      return <input {...described} type="checkbox" checked={value !== ''} />;
    default: {
      const figures = field.kind === 'money' || field.kind === 'decimal' || field.kind === 'integer';
      const attributes = {
        ...described,
        type: inputTypes[field.kind] ?? 'text',
        value,
        placeholder: field.placeholder,
        autocomplete: 'off',
        ...(figures ? { inputMode: 'decimal', class: 'figures' } : {}),
      } as InputHTMLAttributes<HTMLInputElement>;
      return <input {...attributes} />;
    }
  }
}

/** A table of fields: one row for each item. */
export function RowFields({
  field,
  values,
  draft,
  id,
  options,
}: {
  field: RowsField;
  values: Readonly<Record<string, unknown>>;
  draft: Draft | null;
  id: string;
  options: Readonly<Record<string, readonly Option[]>>;
}) {
  const given = memberOf(values, field.name);
  const items = Array.isArray(given) ? (given as Record<string, unknown>[]) : [];
  const typedRows = draft === null ? items.length : countRows(draft, field.name);
  const rows = Array.from({ length: typedRows + field.blank }, (_none, index) => index);
  const errors = errorsOf(draft, field.name).filter(({ path }) => path === field.name);
  return (
    <fieldset class="rows" id={`${id}-${field.name}`}>
      <legend>{field.label}</legend>
      {field.hint !== undefined && <p class="hint">{field.hint}</p>}
      {errors.length > 0 && <p class="field-error">{errors.map(({ message }) => message).join('; ')}</p>}
      {rows.map((row) => (
        <div class="row" role="group" aria-label={`${field.label}, row ${row + 1}`}>
          {field.fields.map((column) => {
            const name = `${field.name}.${row}.${column.name}`;
            return (
              <OneField
                field={column}
                name={name}
                value={draft?.typed[name] ?? typedValue(column, memberOf(items[row] ?? {}, column.name))}
                options={options[`${field.name}.${column.name}`] ?? column.options ?? []}
                errors={errorsOf(draft, name)}
                id={id}
                inRow
              />
            );
          })}
        </div>
      ))}
    </fieldset>
  );
}

/** How many rows of a table of fields were typed. */
function countRows({ typed }: Draft, name: string): number {
  const numbers = Object.keys(typed)
    .filter((key) => key.startsWith(`${name}.`))
    .map((key) => Number.parseInt(key.slice(name.length + 1), 10));
  return numbers.length === 0 ? 0 : Math.max(...numbers) + 1;
}
