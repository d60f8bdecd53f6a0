/** What the descriptions of routes say about `effective_on`. */
export const effectiveOnText =
  '`effective_on` is the UTC day from which the change counts, by default today. An admin may name a day ' +
  "in the past: not before the tenant's first day (422), not in or before a month that has an invoice " +
  '(409), and not before a later change of the same thing (409, `later` holds it).';
