import type { ComponentChildren } from 'preact';
import type { FieldError } from '../../ledger/refusal.ts';
import type { ConsoleAction } from '../action.ts';
import type { Draft } from '../draft.ts';
import type { Field, Option, ValueField } from '../field.ts';
import { useView } from '../view-context.ts';
import { errorsOf, memberOf, OneField, RowFields, typedValue } from './form-fields.tsx';
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
  if (draft === null || draft.action !== action.name) return null;
  // A part of the path that is itself a field of the form, `p.id`, may differ.
  const isTyped = (name: string): boolean => action.fields.some((field) => field.name === `p.${name}`);
  const given = Object.fromEntries(Object.entries(draft.params).filter(([name]) => !isTyped(name)));
  return sameParams(given, params) ? draft : null;
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

/** The label of a field; within a table of fields with its row. */
function labelAt(fields: readonly Field[], path: string): string {
  for (const field of fields) {
    if (field.name === path) return field.label;
    if (field.kind !== 'rows' || !path.startsWith(`${field.name}.`)) continue;
    const [, row = '', column = ''] = /^(\d+)\.?(.*)$/.exec(path.slice(field.name.length + 1)) ?? [];
    const label = field.fields.find(({ name }) => name === column)?.label ?? column;
    return `${field.label}, row ${Number.parseInt(row, 10) + 1}${label === '' ? '' : `: ${label}`}`;
  }
  return path;
}

/** Why the form is there again: the sentence, and what belongs to no field of it. */
function DraftErrors({ draft, fields, id }: { draft: Draft; fields: readonly Field[]; id: string }) {
  const isShown = ({ path }: FieldError): boolean =>
    fields.some(({ name, kind }) => kind !== 'hidden' && (path === name || path.startsWith(`${name}.`)));
  const others = draft.errors.filter((error) => !isShown(error));
  const beside = draft.errors.filter(isShown);
  return (
    <div
      class={`notice notice-${draft.tone}`}
      role={draft.tone === 'good' ? 'status' : 'alert'}
      id={`${id}-errors`}
    >
      <Icon name={draft.tone === 'good' ? 'check' : 'alert'} />
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
                <a href={`#${id}-${path}`}>{labelAt(fields, path)}</a>: {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
