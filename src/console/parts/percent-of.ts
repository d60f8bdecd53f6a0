/** A share as percent, exactly: `0.1` is `10`, `0.065` is `6.5`. */
export function percentOf(share: string): string {
  const [whole = '0', fraction = ''] = share.split('.');
  const digits = fraction.padEnd(2, '0');
  const integer = `${whole}${digits.slice(0, 2)}`.replace(/^(-?)0+(?=\d)/, '$1');
  const rest = digits.slice(2).replace(/0+$/, '');
  return rest === '' ? integer : `${integer}.${rest}`;
}
