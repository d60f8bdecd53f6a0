/** The kind of a URN's type (spec section 3). Other types keep their own name as the kind. */
const kindByUrnType: ReadonlyMap<string, string> = new Map([
  ['domain', 'dns_zone'],
  ['space', 'spaces_bucket'],
  ['floatingip', 'floating_ip'],
  ['reservedip', 'floating_ip'],
  ['loadbalancer', 'load_balancer'],
  ['dbaas', 'managed_db'],
  ['kubernetes', 'k8s_cluster'],
  ['volumesnapshot', 'snapshot'],
  ['image', 'snapshot'],
]);

export interface ParsedUrn {
  urn: string;
  /** The ledger's kind; an unknown type is kept as it is. */
  kind: string;
  provider_id: string;
}

/** The ledger's kind for the type in a URN. */
function kindOfUrnType(type: string): string {
  return kindByUrnType.get(type) ?? type;
}

/**
 * Parses `do:<type>:<id>`, split at the first two colons only: the id of a reserved IPv6 has colons too. Null
 * for other text.
 */
export function parseUrn(urn: string): ParsedUrn | null {
  const match = /^do:([^:]+):(.+)$/s.exec(urn);
  if (match === null) return null;
  const [, type = '', id = ''] = match;
  return { urn, kind: kindOfUrnType(type.toLowerCase()), provider_id: id };
}
