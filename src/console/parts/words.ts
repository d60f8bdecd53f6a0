// Codes of the ledger in a customer's words.

const kinds: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  droplet_hours: ['Server hours', 'hours'],
  spaces_gb_month: ['Object storage', 'GB months'],
  snapshot_gb_month: ['Snapshots', 'GB months'],
  backup_gb_month: ['Backups', 'GB months'],
  bandwidth_gb: ['Bandwidth', 'GB'],
  dns_zones: ['DNS zones', 'zones'],
  llm_tokens: ['Language model tokens', 'tokens'],
};

/** `bandwidth_gb` is Bandwidth; a kind of the operator's own reads as it is spelt. */
export const kindName = (kind: string): string => kinds[kind]?.[0] ?? capitalised(kind.replaceAll('_', ' '));

/** In what a kind is counted; empty where it is not known. */
export const kindUnit = (kind: string): string => kinds[kind]?.[1] ?? '';

const units: Readonly<Record<string, string>> = {
  hour: 'hour',
  gb: 'GB',
  zone: 'zone',
  '1k_tokens': '1,000 tokens',
};

/** What one price is for: `1k_tokens` is 1,000 tokens. */
export const unitName = (unit: string): string => units[unit] ?? unit.replaceAll('_', ' ');

const countries = new Intl.DisplayNames('en', { type: 'region' });

/** `AU` is Australia. @param code ISO 3166, two letters */
export const countryName = (code: string): string => countries.of(code) ?? code;

/** A billing kind within a sentence, as the catalog calls it: `spaces_gb_month` is spaces GB month. */
export const kindInText = (kind: string): string =>
  kind
    .replaceAll('_', ' ')
    .replace(/\bgb\b/, 'GB')
    .replace(/\b(llm|dns)\b/, (short) => short.toUpperCase());

/**
 * What a line is for, with its kind in words: the API's `Overage: droplet_hours` is `Overage: droplet hours`.
 * Other texts are names, codes and what people typed, and stay.
 */
export const lineText = (description: string): string =>
  description.replace(/^Overage: ([a-z\d_]+)$/, (_all, kind: string) => `Overage: ${kindInText(kind)}`);

/** `partially_paid` is partially paid. */
export const plainWords = (code: string): string => code.replaceAll(/[_-]/g, ' ');

/** A billing kind as a heading of the operator's pages: `droplet_hours` is `Droplet hours`. */
export const kindHeading = (kind: string): string => capitalised(kindInText(kind));

/** A word or text as it begins a label. */
export const capitalised = (text: string): string => text.replace(/^./, (first) => first.toUpperCase());
