import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import type { Option } from '../field.ts';

/** A form that asks and changes nothing: what is typed is in the address, and the answer on the page. */
export function GetForm({
  action,
  submit,
  children,
}: {
  action: string;
  submit: string;
  children: ComponentChildren;
}) {
  return (
    <form class="form" method="get" action={action}>
      <div class="fields">{children}</div>
      <div class="form-end">
        <button class="button" type="submit">
          {submit}
        </button>
      </div>
    </form>
  );
}

/** A field of such a form; with options a choice, with proposals a text that the browser completes. */
export function GetField({
  name,
  label,
  value,
  type = 'text',
  figures = false,
  required = false,
  options,
  proposals = [],
  error,
}: {
  name: string;
  label: string;
  value: string;
  type?: 'text' | 'date' | 'month';
  figures?: boolean;
  required?: boolean;
  options?: readonly Option[];
  proposals?: readonly Option[];
  /** What is wrong with what was typed. */
  error?: string | undefined;
}) {
  const id = `ask-${name}`;
  // The types know which roles an input of each type may have, and want one that is known.
  const attributes = {
    ...{ id, name, type, value, autocomplete: 'off' },
    ...(required ? { 'aria-required': true } : {}),
    ...(error === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-error` }),
    ...(proposals.length === 0 ? {} : { list: `${id}-options` }),
    ...(figures ? { inputMode: 'decimal', class: 'figures' } : {}),
  } as InputHTMLAttributes<HTMLInputElement>;
  return (
    <div class="field">
      <label for={id}>
        {label}
        {!required && <span class="muted"> optional</span>}
      </label>
      {options === undefined ? (
        <input {...attributes} />
      ) : (
        <select id={id} name={name}>
          {options.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
      {proposals.length > 0 && (
        <datalist id={`${id}-options`}>
          {proposals.map((option) => (
            <option value={option.value}>{option.label}</option>
          ))}
        </datalist>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
