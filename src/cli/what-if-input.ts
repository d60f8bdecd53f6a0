import type { WhatIf } from '../invoicing/what-if.ts';
import type { GivenPlanOverride } from '../invoicing/resolve-overrides.ts';
import type { FieldError } from '../ledger/refusal.ts';
import { whatIfRequest } from '../http/routes/what-if-request.ts';
import type { ItemOverride } from '../pricing/what-if-overrides.ts';
import { UsageError } from './usage-error.ts';

/** The options of `arcadia what-if` that say what is asked. */
export interface WhatIfOptions {
  period: readonly string[];
  plan: readonly string[];
  addon: readonly string[];
  tax?: string | undefined;
}

/** The request that a command line makes. */
export interface WhatIfCommandLine {
  asked: WhatIf;
  /** The message for errors at paths of the request: each names the argument that caused it. */
  explain: (errors: readonly FieldError[]) => string;
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };
type PlanDraft = Writable<Omit<GivenPlanOverride, 'items'>> & { items: Map<string, Writable<ItemOverride>> };

const planForm =
  '<code>[@<version>].base=<cents>, .terms=<version>, or .<item>.overage=<cents>, ' +
  '.included=<qty>, .cap=<qty or none>';

/**
 * Reads the options; the amounts of plans and addons are whole cents, as in the API.
 * @throws {UsageError} naming each argument that is not valid, is given twice, or does not fit another
 */
export function parseWhatIf({ period, plan, addon, tax }: WhatIfOptions): WhatIfCommandLine {
  // The argument behind each path of the request.
  const sources = new Map<string, string>();
  const given = (path: string, argument: string): void => {
    if (sources.has(path)) throw new UsageError(`${argument}: ${sources.get(path) ?? ''} was given before`);
    sources.set(path, argument);
  };
  const plans = parsePlans(plan, given);
  const addons = addon.map((argument): [string, { price_cents: unknown }] => {
    const [, code = '', value = ''] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
    if (code === '')
      throw new UsageError(`--addon ${argument}: expected <code>=<cents>, as in storage_50gb=500`);
    given(`overrides.addons.${code}.price_cents`, `--addon ${argument}`);
    return [code, { price_cents: wholeNumber(value) }];
  });
  if (tax !== undefined) given('overrides.tax_rate', `--tax ${tax}`);
  period.forEach((month, index) => {
    given(period.length === 1 ? 'period' : `periods.${index}`, `--period ${month}`);
  });
  const explain = (errors: readonly FieldError[]): string =>
    errors.map(({ path, message }) => `${argumentAt(sources, path)}: ${message}`).join('\n');
  const parsed = whatIfRequest.safeParse({
    ...(period.length === 1 ? { period: period[0] } : { periods: period }),
    overrides: {
      ...(plans.length === 0 ? {} : { plans: Object.fromEntries(plans) }),
      ...(addons.length === 0 ? {} : { addons: Object.fromEntries(addons) }),
      ...(tax === undefined ? {} : { tax_rate: tax }),
    },
  });
  if (!parsed.success)
    throw new UsageError(
      explain(
        parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
      ),
    );
  const { async: _isForTheApi, ...asked } = parsed.data;
  return { asked, explain };
}

/** The arguments that set what is at a path, or something below or above it; else the path itself. */
function argumentAt(sources: ReadonlyMap<string, string>, path: string): string {
  const found = [...sources].filter(
    ([source]) => source === path || source.startsWith(`${path}.`) || path.startsWith(`${source}.`),
  );
  return found.length === 0 ? path : [...new Set(found.map(([, argument]) => argument))].join(', ');
}

function parsePlans(
  args: readonly string[],
  given: (path: string, argument: string) => void,
): [string, GivenPlanOverride][] {
  const plans = new Map<string, PlanDraft>();
  for (const argument of args) {
    // The request's schema says what a plan's code may hold: here it is all that stands before the rest.
    const [, code = '', version, term, kind, member, value = ''] =
      /^(.+?)(?:@(\d+))?\.(?:(base|terms)|([^.]+)\.(overage|included|cap))=(.*)$/s.exec(argument) ?? [];
    if (code === '') throw new UsageError(`--plan ${argument}: expected ${planForm}`);
    const path = `overrides.plans.${code}`;
    const number = version === undefined ? undefined : (wholeNumber(version) as number);
    const known = plans.get(code);
    if (known !== undefined && known.version !== number)
      throw new UsageError(
        `--plan ${argument}: one override of plan ${code} concerns one version, or all of them`,
      );
    const draft: PlanDraft = known ?? {
      ...(number === undefined ? {} : { version: number }),
      items: new Map(),
    };
    plans.set(code, draft);
    if (known === undefined && number !== undefined) given(`${path}.version`, `--plan ${argument}`);
    const field = setTerm(draft, term ?? member ?? '', kind, value);
    given(`${path}.${field}`, `--plan ${argument}`);
  }
  return [...plans].map(([code, { items, ...plan }]) => [
    code,
    { ...plan, ...(items.size === 0 ? {} : { items: Object.fromEntries(items) }) },
  ]);
}

/** Sets one term and answers its path in the plan's override. The request's schema checks the value. */
function setTerm(draft: PlanDraft, term: string, kind: string | undefined, value: string): string {
  if (kind === undefined) {
    const field = term === 'base' ? 'base_price_cents' : 'terms_of_version';
    draft[field] = wholeNumber(value) as number;
    return field;
  }
  const item = draft.items.get(kind) ?? {};
  draft.items.set(kind, item);
  switch (term) {
    case 'overage':
      item.overage_price_cents = wholeNumber(value) as number;
      return `items.${kind}.overage_price_cents`;
    case 'included':
      item.included_qty = value;
      return `items.${kind}.included_qty`;
    default:
      item.hard_cap_qty = value === 'none' ? null : value;
      return `items.${kind}.hard_cap_qty`;
  }
}

/** A whole number, or the text as it is, which the schema then refuses. */
function wholeNumber(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}
