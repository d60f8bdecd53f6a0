/** A step of a plan that was run, as EXPLAIN has it in JSON. */
export interface PlanNode {
  'Node Type': string;
  Schema?: string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Filter?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Index Searches'?: number;
  Plans?: PlanNode[];
}

/** A step that reads a table. */
export interface TableRead {
  /** schema.table */
  table: string;
  /** What it does, for a message. */
  how: string;
  /** How many rows it met, those included that a filter removed, over all of its loops. */
  rows: number;
}

/** A look-up by an index that finds so few each time is as long as what it is made for, which is counted. */
const LOOKED_UP = 2;

/** The steps of a plan that read tables. What a step under a LIMIT did not come to is not counted. */
export function tableReads(node: PlanNode): TableRead[] {
  const inner = (node.Plans ?? []).flatMap(tableReads);
  const table = node['Relation Name'];
  const loops = node['Actual Loops'] ?? 0;
  if (table === undefined || node['Node Type'] === 'ModifyTable') return inner;
  const met =
    (node['Actual Rows'] ?? 0) +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  if (loops > 1 && node['Index Cond'] !== undefined && met <= LOOKED_UP) return inner;
  // An index whose first column is not given is searched once for each of its values.
  const rows = Math.max(Math.round(met * loops), node['Index Searches'] ?? 0);
  return [...inner, { table: `${node.Schema ?? 'public'}.${table}`, how: howOf(node), rows }];
}

function howOf(node: PlanNode): string {
  const index = node['Index Name'] === undefined ? '' : ` by ${node['Index Name']}`;
  const condition = node['Index Cond'] === undefined ? '' : ` where ${node['Index Cond']}`;
  const filter = node.Filter === undefined ? '' : `, filter ${node.Filter}`;
  return `${node['Node Type']}${index}${condition}${filter} (${node['Actual Loops'] ?? 0} loops)`;
}
