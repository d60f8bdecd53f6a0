import { defineProjection, patch, remove, upsert } from '../../src/read-models/projection.ts';
import {
  balances,
  costAlerts,
  costsModel,
  costLineLinks,
  costLines,
  costMatches,
  costSharing,
  providerInvoices,
  sizes,
} from './tables.ts';

/**
 * What the provider bills (spec 4). Parts of line and match sets are written as they come, by the hash of
 * their content. They count only when the invoice names that hash, so an incomplete set shows nowhere.
 */
export const costs = defineProjection(
  costsModel,
  [providerInvoices, costLines, costMatches, costLineLinks, balances, sizes, costAlerts, costSharing],
  {
    ProviderInvoiceDiscovered: ({ data, metadata }) =>
      upsert(providerInvoices, {
        uuid: data.invoice_uuid,
        invoice_id: data.invoice_id,
        period: data.period,
        amount_cents: data.amount_cents,
        currency: data.currency,
        status: 'discovered',
        lines_hash: null,
        matches_hash: null,
        lines: 0,
        matched: 0,
        lines_total_cents: 0,
        tax_cents: 0,
        difference_cents: null,
        pushed_lines_hash: null,
        pushed_to_finance_at: null,
        finance_invoice_id: null,
        discovered_at: metadata.recorded_at,
        ingested_at: null,
        error: null,
        warnings: [],
        warnings_count: 0,
        reissue: null,
      }),
    ProviderInvoiceIngested: ({ data, metadata }) =>
      patch(
        providerInvoices,
        { uuid: data.invoice_uuid },
        {
          period: data.period,
          amount_cents: data.amount_cents,
          currency: data.currency,
          status: 'ingested',
          lines_hash: data.lines_hash,
          matches_hash: null,
          lines: data.lines,
          matched: 0,
          lines_total_cents: data.lines_total_cents,
          tax_cents: data.tax_cents,
          difference_cents: data.difference_cents,
          ingested_at: metadata.recorded_at,
          error: null,
          warnings: data.warnings ?? [],
          warnings_count: data.warnings_count ?? 0,
        },
      ),
    ProviderInvoiceReissued: ({ data: { invoice_uuid, lines_hash: _new, before, ...data }, metadata }) => {
      const { lines_hash: _old, ...old } = before;
      const reissue = { found_at: metadata.recorded_at, ...data, before: old };
      return patch(providerInvoices, { uuid: invoice_uuid }, { reissue });
    },
    ProviderInvoiceReissueEnded: ({ data: { invoice_uuid, because } }) => {
      const none = { status: 'replaced', lines_hash: null, matches_hash: null, lines: 0, matched: 0 };
      return patch(
        providerInvoices,
        { uuid: invoice_uuid },
        { reissue: null, ...(because === 'replaced' ? { ...none, difference_cents: null } : {}) },
      );
    },
    ProviderInvoiceIngestionFailed: ({ data }) =>
      patch(providerInvoices, { uuid: data.invoice_uuid }, { error: data.error }),
    ProviderInvoiceMatched: ({ data }) =>
      patch(
        providerInvoices,
        { uuid: data.invoice_uuid },
        { matches_hash: data.matches_hash, matched: data.matched },
      ),
    ProviderInvoicePushed: ({ data }) =>
      patch(
        providerInvoices,
        { uuid: data.invoice_uuid },
        {
          pushed_lines_hash: data.lines_hash,
          pushed_to_finance_at: data.pushed_at,
          finance_invoice_id: data.finance_invoice_id,
        },
      ),
    CostLinesStored: ({ data: { invoice_uuid, lines_hash, lines } }) =>
      lines.map((line) => upsert(costLines, { invoice_uuid, lines_hash, ...line })),
    CostMatchesStored: ({ data: { invoice_uuid, matches_hash, matches } }) =>
      matches.map(({ nearest, link_key, ...match }) =>
        upsert(costMatches, {
          invoice_uuid,
          matches_hash,
          ...match,
          nearest_id: nearest?.resource_id ?? null,
          nearest_name: nearest?.name ?? null,
          link_key: link_key ?? null,
        }),
      ),
    CostLineLinked: ({ data: { invoice_uuid, line_key, resource_id, reason }, metadata }) =>
      upsert(costLineLinks, {
        invoice_uuid,
        line_key,
        resource_id,
        reason,
        linked_at: metadata.recorded_at,
        linked_by: metadata.actor.sub,
      }),
    CostLineUnlinked: ({ data: { invoice_uuid, line_key } }) =>
      remove(costLineLinks, { invoice_uuid, line_key }),
    SizeListed: ({ data }) => upsert(sizes, { ...data, withdrawn_on: null }),
    SizeWithdrawn: ({ data: { slug, effective_from, withdrawn_on } }) =>
      patch(sizes, { slug, effective_from }, { withdrawn_on }),
    CostAlertRaised: ({ data: { generated_at, ...data } }) =>
      upsert(costAlerts, { ...data, raised_at: generated_at, cleared_at: null }),
    CostAlertCleared: ({ data: { alert_id, generated_at } }) =>
      patch(costAlerts, { alert_id }, { cleared_at: generated_at }),
    CostSharingSet: ({ data, position, metadata: { recorded_at } }) =>
      upsert(costSharing, { ...data, position, recorded_at }),
    BalanceRecorded: ({ data, position }) => upsert(balances, { position, ...data }),
  },
);
