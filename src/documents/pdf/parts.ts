/** The parts that all documents are made of: letterhead, parties, facts, sums, how to pay. */
import type { AddressView, BuyerView, SellerView } from '../document-view.ts';
import { colors, lineHeight, paper, type TextStyle } from './canvas.ts';
import type { Flow } from './flow.ts';

const wide = paper.right - paper.left;
const label: TextStyle = { size: 7.5, weight: 'bold', color: colors.muted };
const text: TextStyle = { size: 9 };
const strong: TextStyle = { size: 10, weight: 'bold' };

/** A name and its value, such as `Due` and a day. */
export type Fact = readonly [name: string, value: string];

/** What the tax number of a country is called. */
export const taxIdName = (country: string): string =>
  country === 'AU' ? 'ABN' : country === 'NZ' ? 'GST number' : 'Tax ID';

const countries: Record<string, string> = {
  AU: 'Australia',
  NZ: 'New Zealand',
  US: 'United States',
  GB: 'United Kingdom',
  CA: 'Canada',
  DE: 'Germany',
  FR: 'France',
  NL: 'Netherlands',
  SG: 'Singapore',
  JP: 'Japan',
  CN: 'China',
  HK: 'Hong Kong',
  IN: 'India',
  IE: 'Ireland',
  AT: 'Austria',
  CH: 'Switzerland',
  IT: 'Italy',
  ES: 'Spain',
  SE: 'Sweden',
  IL: 'Israel',
};

/** An address as lines; the country is named where it is not the reader's own. */
export function addressLines(address: AddressView, own: string): string[] {
  const place = [address.city, address.region, address.postcode].filter(Boolean).join(' ');
  const country = address.country === own ? [] : [countries[address.country] ?? address.country];
  return [...address.lines, place, ...country].filter((line) => line !== '');
}

/** The seller to the left, what the document is to the right. */
export function drawLetterhead(flow: Flow, seller: SellerView, title: string, mark: string | null): void {
  const { canvas } = flow;
  canvas.fill(0, 0, paper.width, 6, colors.accent);
  const column = wide / 2 - 10;
  let left = canvas.text(seller.legal_name, paper.left, flow.y, { ...strong, size: 15 }, column) + 3;
  const lines = [
    ...(seller.tax_id === '' ? [] : [`${taxIdName(seller.address.country)} ${seller.tax_id}`]),
    ...addressLines(seller.address, ''),
    [seller.email, seller.phone].filter(Boolean).join('  ·  '),
  ];
  for (const line of lines)
    left = canvas.text(line, paper.left, left, { size: 8.5, color: colors.muted }, column);
  const large: TextStyle = { size: 21, color: colors.accent };
  const oneLine = canvas.lines(title, large, column).length === 1;
  const heading: TextStyle = oneLine ? large : { ...large, size: 15.5 };
  let right = canvas.textRight(title, paper.right, flow.y - 4, heading, column);
  if (mark !== null)
    right = canvas.textRight(mark, paper.right, right + 2, { ...strong, color: colors.accent }, column);
  flow.y = Math.max(left, right) + 14;
  canvas.rule(flow.y, colors.accent, 0.9);
  flow.y += 14;
}

/** The customer to the left, facts of the document to the right. */
export function drawParties(
  flow: Flow,
  buyer: BuyerView,
  own: string,
  title: string,
  facts: readonly Fact[],
): void {
  const { canvas } = flow;
  const column = wide / 2 - 24;
  let left = canvas.text(title, paper.left, flow.y, label, column) + 2;
  left = canvas.text(buyer.legal_name, paper.left, left, strong, column);
  const lines = [
    ...(buyer.trading_name === null || buyer.trading_name === '' ? [] : [`trading as ${buyer.trading_name}`]),
    ...(buyer.contact === null || buyer.contact === '' ? [] : [`Attention: ${buyer.contact}`]),
    ...addressLines(buyer.address, own),
    ...(buyer.tax_id === null || buyer.tax_id === ''
      ? []
      : [`${taxIdName(buyer.address.country)} ${buyer.tax_id}`]),
  ];
  for (const line of lines) left = canvas.text(line, paper.left, left, text, column);
  const at = paper.left + wide / 2;
  const nameWidth = 92;
  let right = flow.y;
  for (const [name, value] of facts) {
    const below = canvas.text(name, at, right, { size: 9, color: colors.muted }, nameWidth);
    const bold: TextStyle = { size: 9, weight: 'bold' };
    right = Math.max(below, canvas.textRight(value, paper.right, right, bold, wide / 2 - nameWidth - 8)) + 2;
  }
  flow.y = Math.max(left, right) + 12;
}

/** The one thing that a reader looks for, in a band: what is due and when. */
export function drawBand(flow: Flow, name: string, amount: string, note: string): void {
  const { canvas } = flow;
  const height = 40;
  canvas.fill(paper.left, flow.y, wide, height, colors.wash, 4);
  canvas.text(name, paper.left + 14, flow.y + 7, label, 200);
  canvas.text(note, paper.left + 14, flow.y + 19, { size: 9.5 }, 280);
  const style: TextStyle = { size: 17, weight: 'bold', color: colors.accent };
  canvas.textRight(amount, paper.right - 14, flow.y + 8, style, 200);
  flow.y += height + 18;
}

/** A line of the sums; `strong` is set apart. */
export interface Sum {
  name: string;
  amount: string;
  strong?: boolean;
}

const sumLine = 16;

/** The height that the sums and what stands to their left take. */
export const sumsHeight = (sums: readonly Sum[], beside: readonly Fact[]): number =>
  Math.max(
    sums.reduce((height, sum) => height + (sum.strong === true ? 26 : sumLine), 6),
    besideHeight(beside),
  );

const besideHeight = (beside: readonly Fact[]): number => (beside.length === 0 ? 0 : 22 + beside.length * 14);

/** The sums to the right; to their left a titled list, such as how to pay. */
export function drawSums(flow: Flow, sums: readonly Sum[], title: string, beside: readonly Fact[]): void {
  const { canvas } = flow;
  flow.need(sumsHeight(sums, beside));
  const top = flow.y;
  const from = paper.right - 226;
  let y = top;
  for (const { name, amount, strong: apart = false } of sums) {
    const style: TextStyle = apart ? { size: 11, weight: 'bold', color: colors.accent } : { size: 9 };
    if (apart) {
      canvas.fill(from, y + 2, 226, 22, colors.wash, 3);
      y += 5;
    }
    canvas.text(name, from + 10, y, style, 120);
    canvas.textRight(amount, paper.right - (apart ? 8 : 0), y, style, 100);
    y += apart ? 21 : sumLine;
  }
  let left = top;
  if (beside.length > 0) left = canvas.text(title, paper.left, left, { ...label, size: 8.5 }, 240) + 4;
  for (const [name, value] of beside) {
    canvas.text(name, paper.left, left, { size: 8.5, color: colors.muted }, 86);
    left = Math.max(left + 14, canvas.text(value, paper.left + 90, left, { size: 8.5 }, 170));
  }
  flow.y = Math.max(y, left) + lineHeight(6);
}

/** How a customer pays: the bank account, and the reference by which the payment is known. */
export function howToPay(seller: SellerView, reference: string): Fact[] {
  const { bank } = seller;
  const named = (name: string, value: string | null): Fact[] =>
    value === null || value === '' ? [] : [[name, value]];
  return [
    ...named('Bank', bank.name),
    ...named('Account name', bank.account_name),
    ...named('BSB', bank.bsb),
    ...named('Account number', bank.account_number),
    ...named('IBAN', bank.iban),
    ...named('BIC', bank.bic),
    ['Reference', reference],
  ];
}
