/** The parts of an invoice line that decide its kind. */
export interface LineText {
  product: string;
  group_description: string | null;
  description: string;
}

export interface LineKind {
  /** Our resource kind; null for a line that is for no resource (tax, credits, support, unknown products). */
  kind: string | null;
  is_tax: boolean;
  /** The resource name to look for in the inventory; null for a line without a kind. */
  name: string | null;
}

/**
 * Spec section 4. Specific phrases come before the generic products that they contain: the first hit wins.
 */
const kindByPhrase: readonly (readonly [phrase: string, kind: string])[] = [
  ['snapshot', 'snapshot'],
  ['kubernetes', 'k8s_cluster'],
  ['database', 'managed_db'],
  ['backup', 'droplet_backup'],
  ['volume', 'volume'],
  ['floating ip', 'floating_ip'],
  ['reserved ip', 'floating_ip'],
  ['load balancer', 'load_balancer'],
  ['spaces subscription', 'spaces_bucket'],
  ['droplet', 'droplet'],
];

/**
 * Kind, tax rule and matching name of an invoice line (spec section 4). The product alone decides the kind:
 * names in a description are free text.
 */
export function classifyLine(line: LineText): LineKind {
  const product = line.product.trim().toLowerCase();
  const kind = kindOfProduct(product);
  if (kind === null)
    return {
      kind,
      is_tax: product === 'taxes' || mentionsTax(line.description),
      name: null,
    };
  return {
    kind,
    is_tax: false,
    name: matchingName(kind, line),
  };
}

function kindOfProduct(product: string): string | null {
  return kindByPhrase.find(([phrase]) => product.includes(phrase))?.[1] ?? null;
}

/** What a snapshot was taken of. */
export type SnapshotSource = 'droplet' | 'volume';

const sourceWord = /\b(droplet|volume)s?\b/gi;
const sourceSnapshot = /\b(droplet|volume)s?\s+snapshots?\b/gi;

/**
 * What the snapshot of a line was taken of, if the line says so: "Droplet Snapshots" as the product, "Volume"
 * as its group, words such as "Volume Snapshot" in its group or description, or "(Volume)" after the name.
 * Null for a line that names neither or both.
 */
export function snapshotSourceOf({
  product,
  group_description,
  description,
}: LineText): SnapshotSource | null {
  const ofProduct = oneSource(wordsIn(product, sourceWord));
  if (ofProduct !== null) return ofProduct;
  const group = group_description?.trim() ?? '';
  const isSource = /^(?:droplet|volume)s?$/i.test(group);
  return oneSource([
    ...wordsIn(group, isSource ? sourceWord : sourceSnapshot),
    ...wordsIn(description, sourceSnapshot),
    ...wordsIn(description.trim().slice(withoutLastGroup(description).length), sourceWord),
  ]);
}

const wordsIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, word = '']) => word.toLowerCase());

function oneSource(words: readonly string[]): SnapshotSource | null {
  const [source, other] = new Set(words);
  return other === undefined && (source === 'droplet' || source === 'volume') ? source : null;
}

function mentionsTax(description: string): boolean {
  return /gst|tax/i.test(description);
}

function matchingName(kind: string, line: LineText): string {
  const stripped = withoutLastGroup(line.description);
  switch (kind) {
    case 'floating_ip':
      return ipIn(line.description) ?? stripped;
    case 'k8s_cluster':
    case 'managed_db':
      return line.group_description ?? stripped;
    case 'volume':
      return volumeName(line.description) ?? stripped;
    default:
      return stripped;
  }
}

/**
 * Without a last parenthesised group at the very end: "legacy-wiki (copy) (20.5 GB)" gives "legacy-wiki
 * (copy)".
 */
export function withoutLastGroup(description: string): string {
  const text = description.trim();
  if (!text.endsWith(')')) return text;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (text[at] === ')') depth += 1;
    if (text[at] === '(') depth -= 1;
    if (depth === 0) return text.slice(0, at).trimEnd();
  }
  return text;
}

/**
 * A volume's line ends in its region and size, as in "backup-vol (sfo2) 100GB": the group is not at the end.
 */
function volumeName(description: string): string | null {
  return /^(\S+)\s+\([^()]*\)\s+\d+\s*[GT]i?B$/i.exec(description.trim())?.[1] ?? null;
}

/** The address in "Unused Floating IP - 1.1.1.1". IPv6 addresses are found too. */
function ipIn(description: string): string | null {
  const v4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/.exec(description)?.[0];
  if (v4 !== undefined) return v4;
  return (
    /(?<![0-9a-f:])(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]{3,39}(?![0-9a-f:])/i.exec(description)?.[0] ?? null
  );
}
