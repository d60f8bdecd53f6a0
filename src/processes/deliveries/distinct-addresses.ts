/** Each address once; domains, and in practice names, are the same in any case. */
export function distinctAddresses(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()];
}
