import type { Table } from './projection.ts';

/** A name in quotes, for the text of a statement. */
export const quoted = (name: string): string => `"${name}"`;

/** A table's full name, for the text of a statement. */
export const quotedTable = ({ schema, name }: Table): string => `${quoted(schema)}.${quoted(name)}`;
