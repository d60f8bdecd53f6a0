/** How a field is typed and what of the request's body it becomes. */
export type FieldKind =
  /** A line of text. */
  | 'text'
  | 'textarea'
  | 'email'
  /** Typed as 78.23, sent as integer cents. */
  | 'money'
  /** Typed and sent as a decimal: `0.65`. */
  | 'decimal'
  | 'integer'
  /** YYYY-MM-DD. */
  | 'day'
  /** YYYY-MM. */
  | 'period'
  /** An instant of UTC. */
  | 'instant'
  | 'select'
  /** Sent as true or false. */
  | 'checkbox'
  /** One item a line, sent as a list of texts. */
  | 'lines'
  /** Typed as JSON. */
  | 'json'
  | 'hidden';

interface FieldBase {
  /** The member of the body; members of members by dots: `address.city`. */
  name: string;
  label: string;
  /** One sentence below the label. */
  hint?: string;
  /** The browser asks for it; the API decides. */
  required?: boolean;
}

/** A field of one value. */
export interface ValueField extends FieldBase {
  kind: FieldKind;
  /** Of a select. A form may give its own. */
  options?: readonly Option[];
  /** What an empty field becomes: left out (default), null, or the empty text. */
  empty?: 'omit' | 'null' | 'keep';
  /** Sent as a parameter of the query rather than in the body. */
  inQuery?: boolean;
  placeholder?: string;
}

/** A table of fields: a list of objects. Rows that are empty are left out. */
export interface RowsField extends FieldBase {
  kind: 'rows';
  fields: readonly ValueField[];
  /** How many empty rows are offered beside those that are there. */
  blank: number;
}

export type Field = ValueField | RowsField;

export interface Option {
  value: string;
  label: string;
}
