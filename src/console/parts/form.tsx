import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import type { FieldError } from '../../ledger/refusal.ts';
import type { ConsoleAction } from '../action.ts';
import type { Draft } from '../draft.ts';
import type { Field, Option, RowsField, ValueField } from '../field.ts';
import { typedCents } from '../form-body.ts';
import { useView } from '../view-context.ts';
import { Icon } from './icon.tsx';

/** What a field shows before anything is typed: the member of the body, as the API has it. */
export type FieldValue = string | number | boolean | null | undefined | readonly unknown[] | object;

interface FormProps {
  action: ConsoleAction;
  /** The values of the `:names` of the route's path. */
  params?: Readonly<Record<string, string>>;
  /** Of fields, by their names; hidden fields need one. */
  values?: Readonly<Record<string, FieldValue>>;
  /** Of selects whose options are data, by their names. */
  options?: Readonly<Record<string, readonly Option[]>>;
  /** What the command will do, in words and figures: it stands above the button. */
  children?: ComponentChildren;
  /** With the action's title as a heading. */
  titled?: boolean;
  /** Another text for the button. */
  submit?: string;
  /** In one line: a form of a row. */
  compact?: boolean;
}

const sameParams = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);

/** Whether a form is the one that was sent and not carried out, so that its disclosure stands open. */
export function useDraftOf(
  action: ConsoleAction,
  params: Readonly<Record<string, string>> = {},
): Draft | null {
  const { draft } = useView();
  return draft !== null && draft.action === action.name && sameParams(draft.params, params) ? draft : null;
}

/** A form that runs a command of the API. It is not there for those who may only look. */
export function ActionForm({
  action,
  params = {},
  values = {},
  options = {},
  children,
  titled = false,
  submit,
  compact = false,
}: FormProps) {
  const { session, url, newKey } = useView();
  const sent = useDraftOf(action, params);
  if (session === null || session.readOnly) return null;
  // Two forms of an action on one object differ in what they hide, such as the state to move to.
  const isOwn = ({ typed }: Draft): boolean =>
    action.fields.every((field) => {
      const value = field.kind === 'hidden' ? memberOf(values, field.name) : undefined;
      return value === undefined || field.kind === 'rows' || typed[field.name] === typedValue(field, value);
    });
  const draft = sent !== null && isOwn(sent) ? sent : null;
  const key = draft?.key ?? newKey();
  const shown = (field: ValueField): string =>
    draft?.typed[field.name] ?? typedValue(field, memberOf(values, field.name));
  const id = `${action.name}-${key}`;
  return (
    <form
      class={compact ? 'form form-compact' : 'form'}
      method="post"
      action={`/console/do/${action.name}`}
      id={id}
      data-once=""
    >
      <input type="hidden" name="form_token" value={session.formToken} />
      <input type="hidden" name="key" value={key} />
      <input type="hidden" name="from" value={url} />
      {Object.entries(params).map(([name, value]) => (
        <input type="hidden" name={`p.${name}`} value={value} />
      ))}
      {titled && <h3>{action.title}</h3>}
      {draft !== null && <DraftErrors draft={draft} fields={action.fields} id={id} />}
      <div class="fields">
        {action.fields.map((field) =>
          field.kind === 'rows' ? (
            <RowFields field={field} values={values} draft={draft} id={id} options={options} />
          ) : (
            <OneField
              field={field}
              name={field.name}
              value={shown(field)}
              options={options[field.name] ?? field.options ?? []}
              errors={errorsOf(draft, field.name)}
              id={id}
            />
          ),
        )}
      </div>
      {children !== undefined && <div class="consequences">{children}</div>}
      <div class="form-end">
        <button
          class={action.tone === 'danger' ? 'button button-danger' : 'button button-main'}
          type="submit"
        >
          {submit ?? action.submit}
        </button>
      </div>
    </form>
  );
}

const errorsOf = (draft: Draft | null, name: string): readonly FieldError[] =>
  draft?.errors.filter(({ path }) => path === name || path.startsWith(`${name}.`)) ?? [];

/** Why the form was not carried out: the sentence, and what belongs to no field of it. */
function DraftErrors({ draft, fields, id }: { draft: Draft; fields: readonly Field[]; id: string }) {
  const isShown = ({ path }: FieldError): boolean =>
    fields.some(({ name, kind }) => kind !== 'hidden' && (path === name || path.startsWith(`${name}.`)));
  const others = draft.errors.filter((error) => !isShown(error));
  const beside = draft.errors.filter(isShown);
  return (
    <div class="notice notice-bad" role="alert" id={`${id}-errors`}>
      <Icon name="alert" />
      <div>
        <p class="notice-title">{draft.message}</p>
        {(others.length > 0 || beside.length > 0) && (
          <ul>
            {others.map(({ row, path, message }) => (
              <li>
                {row !== undefined && `row ${row}, `}
                {path === '' ? message : `${path}: ${message}`}
              </li>
            ))}
            {beside.map(({ path, message }) => (
              <li>
                <a href={`#${id}-${path}`}>{path}</a>: {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** A member of members: `address.city`. */
function memberOf(values: Readonly<Record<string, unknown>>, path: string): unknown {
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
function typedValue({ kind }: ValueField, value: unknown): string {
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
}

function OneField({ field, name, value, options, errors, id }: OneFieldProps) {
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
            {!field.required && <span class="muted"> optional</span>}
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

function RowFields({
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
