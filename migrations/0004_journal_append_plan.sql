-- Postgres keeps the plan that journal_append got while the journal was small, when reading all of it looked cheapest,
-- until it has new statistics, a minute or more later. Each append would read the whole journal in that time: ten
-- thousand invoices in a young ledger took half a minute. By its indexes the check costs the same at any size.
alter function journal_append(text[], bigint[], integer[], integer[], integer[], uuid[], text[], text, text, timestamptz[]) set enable_seqscan = off;
