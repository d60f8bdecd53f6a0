create schema public;

create schema rm_billing_v;

create schema rm_catalog_v;

create schema rm_deliveries_v;

create schema rm_deployments_v;

create schema rm_documents_v;

create schema rm_inventory_v;

create schema rm_invoices_v;

create schema rm_parties_v;

create schema rm_receivables_v;

create schema rm_usage_v;

create table public.background_runs (
  id text collate "C" not null,
  kind text not null,
  actor text not null,
  input json not null,
  status text default 'running'::text not null,
  step text,
  done bigint default 0 not null,
  total bigint default 0 not null,
  step_started_at timestamp with time zone default clock_timestamp() not null,
  summary json,
  result json,
  error text,
  started_at timestamp with time zone default date_trunc('milliseconds'::text, clock_timestamp()) not null,
  updated_at timestamp with time zone default clock_timestamp() not null,
  finished_at timestamp with time zone,
  constraint background_runs_pkey PRIMARY KEY (id)
);

create table public.console_sessions (
  id_hash bytea not null,
  subject text not null,
  tenant_id text,
  roles text[] not null,
  read_only boolean not null,
  form_token text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  flash jsonb,
  "position" text,
  constraint console_sessions_pkey PRIMARY KEY (id_hash)
);

create table public.documents (
  document_id text collate "C" not null,
  form text not null,
  sha256 text not null,
  tenant_id text not null,
  content bytea not null,
  retain_until date not null,
  created_at timestamp with time zone default now() not null,
  constraint documents_pkey PRIMARY KEY (document_id, form, sha256)
);

create table public.idempotency_keys (
  scope text collate "C" not null,
  body_hash text not null,
  owner uuid not null,
  lease_until timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  completed_at timestamp with time zone,
  status integer,
  body text,
  "position" text,
  constraint idempotency_keys_answer CHECK ((((status IS NULL) = (body IS NULL)) AND ((status IS NULL) = (completed_at IS NULL)))),
  constraint idempotency_keys_pkey PRIMARY KEY (scope)
);

create table public.job_runs (
  id text collate "C" not null,
  job text not null,
  input jsonb not null,
  actor text not null,
  status text not null,
  result jsonb,
  error text,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  lease_until timestamp with time zone not null,
  trigger text default 'hand'::text not null,
  attempt integer default 1 not null,
  attempts integer default 1 not null,
  dead boolean default false not null,
  done bigint,
  total bigint,
  note text,
  constraint job_runs_pkey PRIMARY KEY (id)
);

create table public.job_schedule (
  job text collate "C" not null,
  ticked_until timestamp with time zone not null,
  next_run_at timestamp with time zone,
  confirmed_at timestamp with time zone,
  constraint job_schedule_pkey PRIMARY KEY (job)
);

create table public.journal (
  "position" bigint not null,
  stream text collate "C" not null,
  revision bigint not null,
  id uuid not null,
  type text collate "C" not null,
  data json not null,
  metadata json not null,
  recorded_at timestamp with time zone not null,
  source_position bigint,
  constraint journal_event_id UNIQUE (id),
  constraint journal_pkey PRIMARY KEY ("position"),
  constraint journal_stream_revision UNIQUE (stream, revision)
) with (autovacuum_vacuum_insert_scale_factor=0, autovacuum_vacuum_insert_threshold=20000);

create table public.journal_hashes (
  "position" bigint not null,
  hash bytea not null,
  constraint journal_hashes_pkey PRIMARY KEY ("position")
);

create table public.journal_source (
  only_row boolean default true not null,
  kind text,
  scanned bigint,
  moved_at bigint default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint journal_source_kind_check CHECK ((kind = ANY (ARRAY['journal'::text, 'eventstoredb'::text]))),
  constraint journal_source_only_row_check CHECK (only_row),
  constraint journal_source_pkey PRIMARY KEY (only_row)
);

create table public.log_identity (
  only_row boolean default true not null,
  id text not null,
  constraint log_identity_only_row_check CHECK (only_row),
  constraint log_identity_pkey PRIMARY KEY (only_row)
);

create table public.personal_keys (
  key_id text collate "C" not null,
  tenant_id text collate "C" not null,
  wrapped_key bytea,
  master_key text collate "C" not null,
  created_at timestamp with time zone not null,
  destroyed_at timestamp with time zone,
  constraint personal_keys_check CHECK (((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))),
  constraint personal_keys_pkey PRIMARY KEY (key_id)
);

create table public.projection_checkpoints (
  name text not null,
  version integer not null,
  "position" bigint default 0 not null,
  status text default 'live'::text not null,
  error jsonb,
  definition text not null,
  updated_at timestamp with time zone default now() not null,
  constraint projection_checkpoints_pkey PRIMARY KEY (name, version)
);

create table public.projection_rebuilds (
  name text not null,
  version integer not null,
  status text not null,
  "position" bigint default 0 not null,
  target bigint not null,
  error jsonb,
  started_at timestamp with time zone default clock_timestamp() not null,
  updated_at timestamp with time zone default clock_timestamp() not null,
  constraint projection_rebuilds_pkey PRIMARY KEY (name, version)
);

create table public.queued_runs (
  id text collate "C" not null,
  seq bigint generated always as identity not null,
  job text not null,
  input jsonb not null,
  failed_attempts integer default 0 not null,
  interruptions integer default 0 not null,
  run_id text,
  not_before timestamp with time zone,
  waiting_for text,
  queued_at timestamp with time zone default clock_timestamp() not null,
  held_by jsonb,
  constraint queued_runs_pkey PRIMARY KEY (id)
);

create table public.schema_migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table public.sign_in_links (
  code_hash bytea not null,
  subject text not null,
  tenant_id text,
  roles text[] not null,
  read_only boolean not null,
  once boolean not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint sign_in_links_pkey PRIMARY KEY (code_hash)
);

create table public.what_if_results (
  id text collate "C" not null,
  actor text not null,
  created_at timestamp with time zone not null,
  result json not null,
  summary json,
  constraint what_if_results_pkey PRIMARY KEY (id)
);

create table rm_billing_v.balances (
  "position" bigint not null,
  month_to_date_balance_cents bigint not null,
  account_balance_cents bigint not null,
  month_to_date_usage_cents bigint not null,
  generated_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  constraint balances_pkey PRIMARY KEY ("position")
);

create table rm_billing_v.cost_alerts (
  alert_id text collate "C" not null,
  kind text collate "C" not null,
  direction text collate "C" not null,
  day date not null,
  actual_cents bigint not null,
  expected_cents bigint not null,
  raised_at timestamp with time zone not null,
  cleared_at timestamp with time zone,
  constraint cost_alerts_pkey PRIMARY KEY (alert_id)
);

create table rm_billing_v.cost_line_links (
  invoice_uuid text collate "C" not null,
  line_key text collate "C" not null,
  resource_id text collate "C",
  reason text collate "C" not null,
  linked_at timestamp with time zone not null,
  linked_by text collate "C" not null,
  constraint cost_line_links_pkey PRIMARY KEY (invoice_uuid, line_key)
);

create table rm_billing_v.cost_lines (
  invoice_uuid text collate "C" not null,
  lines_hash text collate "C" not null,
  line_no bigint not null,
  product text collate "C" not null,
  group_description text collate "C",
  description text collate "C" not null,
  hours numeric,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  amount_cents bigint not null,
  project_name text collate "C",
  category text collate "C",
  kind text collate "C",
  name text collate "C",
  is_tax boolean not null,
  provider_resource_id text collate "C",
  constraint cost_lines_pkey PRIMARY KEY (invoice_uuid, lines_hash, line_no)
);

create table rm_billing_v.cost_matches (
  invoice_uuid text collate "C" not null,
  matches_hash text collate "C" not null,
  line_no bigint not null,
  resource_id text collate "C",
  unmatched_reason text collate "C",
  nearest_id text collate "C",
  nearest_name text collate "C",
  link_key text collate "C",
  constraint cost_matches_pkey PRIMARY KEY (invoice_uuid, matches_hash, line_no)
);

create table rm_billing_v.cost_sharing (
  effective_from date not null,
  "position" bigint not null,
  rule text collate "C" not null,
  kinds jsonb not null,
  tax_is_cost boolean not null,
  recorded_at timestamp with time zone not null,
  constraint cost_sharing_pkey PRIMARY KEY (effective_from, "position")
);

create table rm_billing_v.provider_invoices (
  uuid text collate "C" not null,
  invoice_id text collate "C",
  period date not null,
  amount_cents bigint not null,
  currency text collate "C" not null,
  status text collate "C" not null,
  lines_hash text collate "C",
  matches_hash text collate "C",
  lines bigint not null,
  matched bigint not null,
  lines_total_cents bigint not null,
  tax_cents bigint not null,
  difference_cents bigint,
  pushed_lines_hash text collate "C",
  pushed_to_finance_at timestamp with time zone,
  finance_invoice_id text collate "C",
  discovered_at timestamp with time zone not null,
  ingested_at timestamp with time zone,
  error text collate "C",
  warnings jsonb not null,
  warnings_count bigint not null,
  reissue jsonb,
  constraint provider_invoices_pkey PRIMARY KEY (uuid)
);

create table rm_billing_v.sizes (
  slug text collate "C" not null,
  effective_from date not null,
  monthly_cents bigint not null,
  hourly numeric not null,
  currency text collate "C" not null,
  memory_mb bigint not null,
  vcpus bigint not null,
  disk_gb bigint not null,
  available boolean not null,
  withdrawn_on date,
  constraint sizes_pkey PRIMARY KEY (slug, effective_from)
);

create table rm_catalog_v.addons (
  code text collate "C" not null,
  name text collate "C" not null,
  resource_kind text collate "C" not null,
  qty numeric not null,
  price_cents bigint not null,
  constraint addons_pkey PRIMARY KEY (code)
);

create table rm_catalog_v.fx_rates (
  from_currency text collate "C" not null,
  to_currency text collate "C" not null,
  effective_from date not null,
  "position" bigint not null,
  rate numeric not null,
  recorded_at timestamp with time zone not null,
  constraint fx_rates_pkey PRIMARY KEY (from_currency, to_currency, effective_from, "position")
);

create table rm_catalog_v.plan_versions (
  plan_code text collate "C" not null,
  version bigint not null,
  base_price_cents bigint not null,
  currency text collate "C" not null,
  status text collate "C" not null,
  items jsonb not null,
  "position" bigint not null,
  published_at timestamp with time zone,
  retired_at timestamp with time zone,
  constraint plan_versions_pkey PRIMARY KEY (plan_code, version)
);

create table rm_catalog_v.plans (
  code text collate "C" not null,
  name text collate "C" not null,
  active_version bigint,
  constraint plans_pkey PRIMARY KEY (code)
);

create table rm_catalog_v.resource_prices (
  resource_kind text collate "C" not null,
  effective_from date not null,
  "position" bigint not null,
  unit text collate "C" not null,
  price_cents bigint not null,
  constraint resource_prices_pkey PRIMARY KEY (resource_kind, effective_from, "position")
);

create table rm_catalog_v.tax_rates (
  tenant_id text collate "C" not null,
  effective_from date not null,
  "position" bigint not null,
  name text collate "C" not null,
  rate numeric not null,
  reason text collate "C",
  recorded_at timestamp with time zone not null,
  constraint tax_rates_pkey PRIMARY KEY (tenant_id, effective_from, "position")
);

create table rm_catalog_v.templates (
  code text collate "C" not null,
  version text collate "C" not null,
  "position" bigint not null,
  plan_code text collate "C" not null,
  addons jsonb not null,
  llm_mode text collate "C" not null,
  specs jsonb not null,
  defined_at timestamp with time zone not null,
  constraint templates_pkey PRIMARY KEY (code, version)
);

create table rm_deliveries_v.ar_documents (
  external_id text collate "C" not null,
  kind text collate "C" not null,
  tenant_id text collate "C" not null,
  content_hash text collate "C" not null,
  action text collate "C" not null,
  finance_id text collate "C" not null,
  pushed_at timestamp with time zone not null,
  compared_hash text collate "C",
  differences jsonb not null,
  compared_at timestamp with time zone,
  "position" bigint not null,
  constraint ar_documents_pkey PRIMARY KEY (external_id)
);

create table rm_deliveries_v.deliveries (
  id text collate "C" not null,
  tenant_id text collate "C" not null,
  invoice_id text collate "C",
  issue_no bigint,
  notice jsonb,
  recipients text collate "C" not null,
  addresses bigint not null,
  message_id text collate "C" not null,
  automatic boolean not null,
  phase text collate "C" not null,
  outcome text collate "C",
  stopped text collate "C",
  attempts bigint not null,
  accepted bigint not null,
  bounced bigint not null,
  since timestamp with time zone not null,
  requested_at timestamp with time zone not null,
  "position" bigint not null,
  constraint deliveries_pkey PRIMARY KEY (id)
);

create table rm_deliveries_v.delivery_attempts (
  delivery_id text collate "C" not null,
  attempt_no bigint not null,
  attempted_at timestamp with time zone not null,
  outcome text collate "C",
  details text collate "C",
  retry_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint delivery_attempts_pkey PRIMARY KEY (delivery_id, attempt_no)
);

create table rm_deployments_v.deployments (
  id text collate "C" not null,
  tenant_id text collate "C" not null,
  slug text collate "C" not null,
  display_name text collate "C" not null,
  region text collate "C",
  state text collate "C" not null,
  llm_mode text collate "C" not null,
  billing_action_suspended boolean not null,
  template_code text collate "C",
  template_version text collate "C",
  trial_ends_at timestamp with time zone,
  state_since date not null,
  state_rule text collate "C",
  transitions bigint not null,
  decided_on date,
  freed_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint deployments_pkey PRIMARY KEY (id)
);

create table rm_deployments_v.lifecycle_days (
  day date not null,
  transitions bigint not null,
  recorded_at timestamp with time zone not null,
  constraint lifecycle_days_pkey PRIMARY KEY (day)
);

create table rm_deployments_v.llm_modes (
  deployment_id text collate "C" not null,
  "position" bigint not null,
  tenant_id text collate "C" not null,
  llm_mode text collate "C" not null,
  effective_on date not null,
  constraint llm_modes_pkey PRIMARY KEY (deployment_id, "position")
);

create table rm_deployments_v.subscription_facts (
  deployment_id text collate "C" not null,
  "position" bigint not null,
  tenant_id text collate "C" not null,
  event_id text collate "C" not null,
  fact text collate "C" not null,
  effective_on date not null,
  data jsonb not null,
  recorded_at timestamp with time zone not null,
  constraint subscription_facts_pkey PRIMARY KEY (deployment_id, "position")
);

create table rm_deployments_v.subscriptions (
  deployment_id text collate "C" not null,
  id text collate "C" not null,
  tenant_id text collate "C" not null,
  plan_code text collate "C" not null,
  plan_version bigint not null,
  status text collate "C" not null,
  starts_on date not null,
  trial_ends_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint subscriptions_pkey PRIMARY KEY (deployment_id)
);

create table rm_deployments_v.wanted_specs (
  deployment_id text collate "C" not null,
  place bigint not null,
  kind text collate "C" not null,
  size_slug text collate "C",
  region text collate "C",
  count bigint not null,
  constraint wanted_specs_pkey PRIMARY KEY (deployment_id, place)
);

create table rm_documents_v.deployment_names (
  deployment_id text collate "C" not null,
  "position" bigint not null,
  display_name text collate "C" not null,
  constraint deployment_names_pkey PRIMARY KEY (deployment_id, "position")
);

create table rm_documents_v.documents_due (
  kind text collate "C" not null,
  subject_id text collate "C" not null,
  issue_no bigint not null,
  tenant_id text collate "C" not null,
  issued_on date not null,
  "position" bigint not null,
  constraint documents_due_pkey PRIMARY KEY (kind, subject_id, issue_no)
);

create table rm_documents_v.frozen_documents (
  document_id text collate "C" not null,
  kind text collate "C" not null,
  subject_id text collate "C" not null,
  issue_no bigint,
  tenant_id text collate "C" not null,
  number text collate "C" not null,
  content_sha256 text collate "C" not null,
  retain_until date not null,
  frozen_at timestamp with time zone not null,
  constraint frozen_documents_pkey PRIMARY KEY (document_id)
);

create table rm_documents_v.numbers_due (
  subject_id text collate "C" not null,
  kind text collate "C" not null,
  tenant_id text collate "C" not null,
  issued_on date not null,
  "position" bigint not null,
  constraint numbers_due_pkey PRIMARY KEY (subject_id)
);

create table rm_documents_v.rendered_documents (
  document_id text collate "C" not null,
  form text collate "C" not null,
  tenant_id text collate "C" not null,
  sha256 text collate "C" not null,
  bytes bigint not null,
  rendered_at timestamp with time zone not null,
  constraint rendered_documents_pkey PRIMARY KEY (document_id, form)
);

create table rm_inventory_v.drift (
  id text collate "C" not null,
  resource_id text collate "C" not null,
  field text collate "C" not null,
  desired jsonb not null,
  actual jsonb not null,
  spec_version bigint not null,
  status text collate "C" not null,
  found_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint drift_pkey PRIMARY KEY (id)
);

create table rm_inventory_v.drift_reverts (
  run_id text collate "C" not null,
  drift_id text collate "C" not null,
  resource_id text collate "C" not null,
  attempt bigint not null,
  status text collate "C" not null,
  step text collate "C",
  action_id bigint,
  reason text collate "C",
  left_status text collate "C",
  left_size_slug text collate "C",
  requested_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint drift_reverts_pkey PRIMARY KEY (run_id)
);

create table rm_inventory_v.last_sweeps (
  kind text collate "C" not null,
  sweep_id text collate "C" not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  seen bigint not null,
  changed bigint not null,
  missed bigint not null,
  constraint last_sweeps_pkey PRIMARY KEY (kind)
);

create table rm_inventory_v.projects (
  id text collate "C" not null,
  name text collate "C" not null,
  description text collate "C" not null,
  purpose text collate "C" not null,
  environment text collate "C" not null,
  is_default boolean not null,
  created_at timestamp with time zone,
  tenant_id text collate "C",
  removed boolean not null,
  deploys text collate "C",
  deploys_changed_at timestamp with time zone,
  constraint projects_pkey PRIMARY KEY (id)
);

create table rm_inventory_v.resource_owners (
  resource_id text collate "C" not null,
  "position" bigint not null,
  at timestamp with time zone not null,
  tenant_id text collate "C" not null,
  cloud_project_id text collate "C",
  provisional boolean not null,
  walked boolean not null,
  constraint resource_owners_pkey PRIMARY KEY (resource_id, "position")
);

create table rm_inventory_v.resource_states (
  resource_id text collate "C" not null,
  "position" bigint not null,
  at timestamp with time zone not null,
  kind text collate "C" not null,
  name text collate "C" not null,
  status text collate "C" not null,
  size_gb numeric,
  size_slug text collate "C",
  gone boolean not null,
  created_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  constraint resource_states_pkey PRIMARY KEY (resource_id, "position")
);

create table rm_inventory_v.resource_ties (
  resource_id text collate "C" not null,
  effective_from date not null,
  "position" bigint not null,
  deployment_id text collate "C" not null,
  tenant_id text collate "C" not null,
  effective_to date,
  untied_position bigint,
  untied_reason text collate "C",
  rule_by text collate "C",
  rule_of text collate "C",
  constraint resource_ties_pkey PRIMARY KEY (resource_id, effective_from, deployment_id)
);

create table rm_inventory_v.resources (
  id text collate "C" not null,
  provider text collate "C" not null,
  provider_id text collate "C" not null,
  kind text collate "C" not null,
  name text collate "C" not null,
  region text collate "C",
  size_slug text collate "C",
  status text collate "C" not null,
  attrs jsonb not null,
  tenant_id text collate "C" not null,
  cloud_project_id text collate "C",
  placeholder boolean not null,
  stale boolean not null,
  missed_syncs bigint not null,
  created_at timestamp with time zone,
  first_seen_at timestamp with time zone not null,
  last_changed_at timestamp with time zone not null,
  stale_at timestamp with time zone,
  classified boolean not null,
  last_sighted_at timestamp with time zone not null,
  missing_since timestamp with time zone,
  source_id text collate "C",
  constraint resources_pkey PRIMARY KEY (id)
);

create table rm_inventory_v.specs (
  resource_id text collate "C" not null,
  spec_version bigint not null,
  spec jsonb not null,
  recorded_at timestamp with time zone not null,
  constraint specs_pkey PRIMARY KEY (resource_id)
);

create table rm_invoices_v.corrections (
  id text collate "C" not null,
  invoice_id text collate "C" not null,
  tenant_id text collate "C" not null,
  correction_no bigint not null,
  kind text collate "C" not null,
  purpose text collate "C" not null,
  issue_no bigint not null,
  subtotal_cents bigint not null,
  tax_cents bigint not null,
  total_cents bigint not null,
  tax_name text collate "C" not null,
  tax_rate numeric not null,
  inputs_position bigint,
  lines_hash text collate "C" not null,
  reason text collate "C" not null,
  issued_at timestamp with time zone not null,
  due_on date not null,
  "position" bigint not null,
  constraint corrections_pkey PRIMARY KEY (id)
);

create table rm_invoices_v.document_numbers (
  subject_id text collate "C" not null,
  series text collate "C" not null,
  no bigint not null,
  number text collate "C" not null,
  "position" bigint not null,
  recorded_at timestamp with time zone not null,
  constraint document_numbers_pkey PRIMARY KEY (subject_id)
);

create table rm_invoices_v.invoice_issues (
  invoice_id text collate "C" not null,
  issue_no bigint not null,
  "position" bigint not null,
  subtotal_cents bigint not null,
  tax_cents bigint not null,
  total_cents bigint not null,
  lines_hash text collate "C" not null,
  inputs_position bigint not null,
  issued_at timestamp with time zone not null,
  due_on date not null,
  voided_at timestamp with time zone,
  void_reason text collate "C",
  constraint invoice_issues_pkey PRIMARY KEY (invoice_id, issue_no)
);

create table rm_invoices_v.rolled_up_months (
  period date not null,
  invoices bigint not null,
  inputs_position bigint not null,
  not_billable jsonb not null,
  recorded_at timestamp with time zone not null,
  constraint rolled_up_months_pkey PRIMARY KEY (period)
);

create table rm_invoices_v.tenant_invoice_lines (
  invoice_id text collate "C" not null,
  lines_hash text collate "C" not null,
  line_no bigint not null,
  tenant_id text collate "C" not null,
  deployment_id text collate "C",
  kind text collate "C" not null,
  resource_kind text collate "C",
  description text collate "C" not null,
  qty numeric not null,
  unit text collate "C" not null,
  unit_price_cents numeric not null,
  amount_cents bigint not null,
  meta jsonb not null,
  constraint tenant_invoice_lines_pkey PRIMARY KEY (invoice_id, lines_hash, line_no)
);

create table rm_invoices_v.tenant_invoices (
  id text collate "C" not null,
  tenant_id text collate "C" not null,
  period_start date not null,
  period_end date not null,
  currency text collate "C" not null,
  issue_no bigint not null,
  subtotal_cents bigint not null,
  tax_cents bigint not null,
  total_cents bigint not null,
  status text collate "C" not null,
  tax_name text collate "C" not null,
  tax_rate numeric not null,
  inputs_position bigint not null,
  lines_hash text collate "C" not null,
  unpriced jsonb not null,
  unbilled jsonb,
  unmetered jsonb,
  issued_at timestamp with time zone,
  due_on date not null,
  reviewed_position bigint not null,
  paid_at timestamp with time zone,
  voided_at timestamp with time zone,
  void_reason text collate "C",
  finance_invoice_id text collate "C",
  pushed_to_finance_at timestamp with time zone,
  constraint tenant_invoices_pkey PRIMARY KEY (id)
);

create table rm_parties_v.customers (
  tenant_id text collate "C" not null,
  effective_from date not null,
  "position" bigint not null,
  key_id text collate "C" not null,
  net_days bigint not null,
  locale text collate "C",
  legal_name text collate "C" not null,
  trading_name text collate "C",
  tax_id text collate "C",
  address text collate "C" not null,
  emails text collate "C" not null,
  contact text collate "C",
  po_number text collate "C",
  recorded_at timestamp with time zone not null,
  constraint customers_pkey PRIMARY KEY (tenant_id, effective_from)
);

create table rm_parties_v.erased_keys (
  key_id text collate "C" not null,
  tenant_id text collate "C" not null,
  erased_at timestamp with time zone not null,
  constraint erased_keys_pkey PRIMARY KEY (key_id)
);

create table rm_parties_v.sellers (
  effective_from date not null,
  "position" bigint not null,
  legal_name text collate "C" not null,
  tax_id text collate "C" not null,
  address jsonb not null,
  email text collate "C" not null,
  phone text collate "C",
  bank jsonb not null,
  invoice_prefix text collate "C" not null,
  footer text collate "C",
  recorded_at timestamp with time zone not null,
  constraint sellers_pkey PRIMARY KEY (effective_from)
);

create table rm_receivables_v.account_entries (
  "position" bigint not null,
  entry_no bigint not null,
  tenant_id text collate "C" not null,
  kind text collate "C" not null,
  source_id text collate "C" not null,
  amount_cents bigint not null,
  counts_on date not null,
  recorded_at timestamp with time zone not null,
  refund_id text collate "C",
  reason text collate "C",
  constraint account_entries_pkey PRIMARY KEY ("position", entry_no)
);

create table rm_receivables_v.account_targets (
  target_id text collate "C" not null,
  tenant_id text collate "C" not null,
  paid_cents bigint not null,
  credited_cents bigint not null,
  changed_at timestamp with time zone not null,
  constraint account_targets_pkey PRIMARY KEY (target_id)
);

create table rm_receivables_v.accounts (
  tenant_id text collate "C" not null,
  balance_cents bigint not null,
  constraint accounts_pkey PRIMARY KEY (tenant_id)
);

create table rm_receivables_v.allocations (
  "position" bigint not null,
  allocation_no bigint not null,
  tenant_id text collate "C" not null,
  source_id text collate "C" not null,
  target_id text collate "C" not null,
  amount_cents bigint not null,
  counts_on date not null,
  recorded_at timestamp with time zone not null,
  constraint allocations_pkey PRIMARY KEY ("position", allocation_no)
);

create table rm_receivables_v.payments (
  id text collate "C" not null,
  tenant_id text collate "C" not null,
  amount_cents bigint not null,
  currency text collate "C" not null,
  received_on date not null,
  method text collate "C" not null,
  reference text collate "C" not null,
  invoice_id text collate "C",
  recorded_at timestamp with time zone not null,
  "position" bigint not null,
  reversed_on date,
  reversed_at timestamp with time zone,
  reverse_reason text collate "C",
  constraint payments_pkey PRIMARY KEY (id)
);

create table rm_usage_v.charges (
  id text collate "C" not null,
  deployment_id text collate "C" not null,
  tenant_id text collate "C" not null,
  description text collate "C" not null,
  amount_cents bigint not null,
  day date not null,
  event_id text collate "C" not null,
  "position" bigint not null,
  recorded_at timestamp with time zone not null,
  voided_position bigint,
  voided_at timestamp with time zone,
  void_reason text collate "C",
  constraint charges_pkey PRIMARY KEY (id)
);

create table rm_usage_v.llm_usage (
  gateway_request_id text collate "C" not null,
  deployment_id text collate "C" not null,
  tenant_id text collate "C" not null,
  day date not null,
  model text collate "C" not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  charge_cents numeric not null,
  occurred_at timestamp with time zone not null,
  "position" bigint not null,
  recorded_at timestamp with time zone not null,
  voided_position bigint,
  voided_at timestamp with time zone,
  void_reason text collate "C",
  constraint llm_usage_pkey PRIMARY KEY (gateway_request_id)
);

create table rm_usage_v.metered_days (
  day date not null,
  deployments bigint not null,
  records bigint not null,
  recorded_at timestamp with time zone not null,
  constraint metered_days_pkey PRIMARY KEY (day)
);

create table rm_usage_v.metering_config (
  resource_kind text collate "C" not null,
  granularity text collate "C" not null,
  retention_days bigint,
  constraint metering_config_pkey PRIMARY KEY (resource_kind)
);

create table rm_usage_v.reported_usage (
  source text collate "C" not null,
  external_id text collate "C" not null,
  id text collate "C" not null,
  deployment_id text collate "C" not null,
  tenant_id text collate "C" not null,
  resource_kind text collate "C" not null,
  qty numeric not null,
  day date not null,
  "position" bigint not null,
  recorded_at timestamp with time zone not null,
  voided_position bigint,
  voided_at timestamp with time zone,
  void_reason text collate "C",
  constraint reported_usage_pkey PRIMARY KEY (source, external_id)
);

create table rm_usage_v.unmetered (
  deployment_id text collate "C" not null,
  day date not null,
  set_no bigint not null,
  resource_id text collate "C" not null,
  resource_kind text collate "C" not null,
  reason text collate "C" not null,
  constraint unmetered_pkey PRIMARY KEY (deployment_id, day, set_no, resource_id, resource_kind)
);

create table rm_usage_v.usage_days (
  deployment_id text collate "C" not null,
  day date not null,
  tenant_id text collate "C" not null,
  set_no bigint not null,
  "position" bigint not null,
  recorded_at timestamp with time zone not null,
  constraint usage_days_pkey PRIMARY KEY (deployment_id, day)
);

create table rm_usage_v.usage_months (
  tenant_id text collate "C" not null,
  period date not null,
  last_position bigint not null,
  constraint usage_months_pkey PRIMARY KEY (tenant_id, period)
);

create table rm_usage_v.usage_records (
  deployment_id text collate "C" not null,
  day date not null,
  set_no bigint not null,
  resource_id text collate "C" not null,
  resource_kind text collate "C" not null,
  granularity text collate "C" not null,
  hour bigint not null,
  qty numeric not null,
  constraint usage_records_pkey PRIMARY KEY (deployment_id, day, set_no, resource_id, resource_kind, hour)
);

create table rm_usage_v.usage_sets (
  deployment_id text collate "C" not null,
  day date not null,
  set_no bigint not null,
  tenant_id text collate "C" not null,
  "position" bigint not null,
  recorded_at timestamp with time zone not null,
  constraint usage_sets_pkey PRIMARY KEY (deployment_id, day, set_no)
);

CREATE INDEX background_runs_latest ON public.background_runs USING btree (kind, started_at DESC, id DESC);

CREATE UNIQUE INDEX background_runs_verification ON public.background_runs USING btree (kind) WHERE ((kind = 'verification'::text) AND (status = 'running'::text));

CREATE INDEX console_sessions_expiry ON public.console_sessions USING btree (expires_at);

CREATE INDEX documents_of_tenant ON public.documents USING btree (tenant_id);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX job_runs_by_start ON public.job_runs USING btree (started_at DESC, id DESC);

CREATE INDEX job_runs_dead ON public.job_runs USING btree (job) WHERE dead;

CREATE INDEX job_runs_last_failed ON public.job_runs USING btree (job, started_at DESC) WHERE (status = 'failed'::text);

CREATE INDEX job_runs_of_job ON public.job_runs USING btree (job, started_at DESC, id DESC);

CREATE INDEX job_runs_of_status ON public.job_runs USING btree (status, started_at DESC, id DESC);

CREATE INDEX job_runs_of_trigger ON public.job_runs USING btree (trigger, started_at DESC, id DESC);

CREATE INDEX job_runs_running ON public.job_runs USING btree (lease_until) WHERE (status = 'running'::text);

CREATE INDEX journal_filters ON public.journal USING brin ("position", recorded_at, type text_bloom_ops (n_distinct_per_range='24'), (((metadata -> 'actor'::text) ->> 'sub'::text)) text_bloom_ops (n_distinct_per_range='24'), ((metadata ->> 'correlation_id'::text)) text_bloom_ops (n_distinct_per_range='256')) WITH (pages_per_range='32');

CREATE UNIQUE INDEX journal_source_position ON public.journal USING btree (source_position) WHERE (source_position IS NOT NULL);

CREATE UNIQUE INDEX personal_keys_live ON public.personal_keys USING btree (tenant_id) WHERE (destroyed_at IS NULL);

CREATE UNIQUE INDEX queued_runs_order ON public.queued_runs USING btree (seq);

CREATE INDEX sign_in_links_expiry ON public.sign_in_links USING btree (expires_at);

CREATE INDEX what_if_results_latest ON public.what_if_results USING btree (created_at DESC, id DESC);

CREATE INDEX cost_matches_resource_id ON rm_billing_v.cost_matches USING btree (resource_id);

CREATE INDEX provider_invoices_period_uuid ON rm_billing_v.provider_invoices USING btree (period, uuid);

CREATE INDEX ar_documents_position ON rm_deliveries_v.ar_documents USING btree ("position");

CREATE INDEX ar_documents_tenant_id ON rm_deliveries_v.ar_documents USING btree (tenant_id);

CREATE INDEX deliveries_invoice_id_position ON rm_deliveries_v.deliveries USING btree (invoice_id, "position");

CREATE INDEX deliveries_phase_since ON rm_deliveries_v.deliveries USING btree (phase, since);

CREATE INDEX deliveries_tenant_id_position ON rm_deliveries_v.deliveries USING btree (tenant_id, "position");

CREATE INDEX deployments_state_rule ON rm_deployments_v.deployments USING btree (state_rule);

CREATE INDEX deployments_tenant_id_id ON rm_deployments_v.deployments USING btree (tenant_id, id);

CREATE INDEX llm_modes_llm_mode_tenant_id ON rm_deployments_v.llm_modes USING btree (llm_mode, tenant_id);

CREATE INDEX subscription_facts_effective_on ON rm_deployments_v.subscription_facts USING btree (effective_on);

CREATE INDEX subscription_facts_tenant_id_effective_on ON rm_deployments_v.subscription_facts USING btree (tenant_id, effective_on);

CREATE INDEX subscriptions_plan_code_plan_version ON rm_deployments_v.subscriptions USING btree (plan_code, plan_version);

CREATE INDEX documents_due_position ON rm_documents_v.documents_due USING btree ("position");

CREATE INDEX documents_due_tenant_id ON rm_documents_v.documents_due USING btree (tenant_id);

CREATE INDEX frozen_documents_subject_id ON rm_documents_v.frozen_documents USING btree (subject_id);

CREATE INDEX frozen_documents_tenant_id ON rm_documents_v.frozen_documents USING btree (tenant_id);

CREATE INDEX numbers_due_position ON rm_documents_v.numbers_due USING btree ("position");

CREATE INDEX drift_resource_id ON rm_inventory_v.drift USING btree (resource_id);

CREATE INDEX drift_reverts_drift_id_attempt ON rm_inventory_v.drift_reverts USING btree (drift_id, attempt);

CREATE INDEX drift_reverts_status ON rm_inventory_v.drift_reverts USING btree (status);

CREATE INDEX drift_status_id ON rm_inventory_v.drift USING btree (status, id);

CREATE INDEX resource_states_kind_name ON rm_inventory_v.resource_states USING btree (kind, name);

CREATE INDEX resource_ties_deployment_id_effective_from ON rm_inventory_v.resource_ties USING btree (deployment_id, effective_from);

CREATE INDEX resource_ties_rule_of ON rm_inventory_v.resource_ties USING btree (rule_of);

CREATE INDEX resource_ties_tenant_id ON rm_inventory_v.resource_ties USING btree (tenant_id);

CREATE INDEX resources_cloud_project_id_id ON rm_inventory_v.resources USING btree (cloud_project_id, id);

CREATE INDEX resources_kind_id ON rm_inventory_v.resources USING btree (kind, id);

CREATE INDEX resources_provider_id ON rm_inventory_v.resources USING btree (provider_id);

CREATE INDEX resources_source_id_id ON rm_inventory_v.resources USING btree (source_id, id);

CREATE INDEX resources_tenant_id_id ON rm_inventory_v.resources USING btree (tenant_id, id);

CREATE INDEX corrections_invoice_id_correction_no ON rm_invoices_v.corrections USING btree (invoice_id, correction_no);

CREATE INDEX corrections_position ON rm_invoices_v.corrections USING btree ("position");

CREATE INDEX corrections_tenant_id ON rm_invoices_v.corrections USING btree (tenant_id);

CREATE INDEX document_numbers_number ON rm_invoices_v.document_numbers USING btree (number);

CREATE INDEX tenant_invoices_due_on_id ON rm_invoices_v.tenant_invoices USING btree (due_on, id);

CREATE INDEX tenant_invoices_issued_at_id ON rm_invoices_v.tenant_invoices USING btree (issued_at, id);

CREATE INDEX tenant_invoices_period_start_id ON rm_invoices_v.tenant_invoices USING btree (period_start, id);

CREATE INDEX tenant_invoices_tenant_id_id ON rm_invoices_v.tenant_invoices USING btree (tenant_id, id);

CREATE INDEX tenant_invoices_tenant_id_period_start ON rm_invoices_v.tenant_invoices USING btree (tenant_id, period_start);

CREATE INDEX tenant_invoices_total_cents_id ON rm_invoices_v.tenant_invoices USING btree (total_cents, id);

CREATE INDEX erased_keys_tenant_id ON rm_parties_v.erased_keys USING btree (tenant_id);

CREATE INDEX account_entries_kind_tenant_id ON rm_receivables_v.account_entries USING btree (kind, tenant_id);

CREATE INDEX account_entries_source_id ON rm_receivables_v.account_entries USING btree (source_id);

CREATE INDEX account_entries_tenant_id_counts_on ON rm_receivables_v.account_entries USING btree (tenant_id, counts_on);

CREATE INDEX account_targets_tenant_id ON rm_receivables_v.account_targets USING btree (tenant_id);

CREATE INDEX accounts_balance_cents ON rm_receivables_v.accounts USING btree (balance_cents);

CREATE INDEX allocations_source_id ON rm_receivables_v.allocations USING btree (source_id);

CREATE INDEX allocations_target_id ON rm_receivables_v.allocations USING btree (target_id);

CREATE INDEX allocations_tenant_id_counts_on ON rm_receivables_v.allocations USING btree (tenant_id, counts_on);

CREATE INDEX payments_invoice_id ON rm_receivables_v.payments USING btree (invoice_id);

CREATE INDEX payments_method_position ON rm_receivables_v.payments USING btree (method, "position");

CREATE INDEX payments_position ON rm_receivables_v.payments USING btree ("position");

CREATE INDEX payments_received_on ON rm_receivables_v.payments USING btree (received_on);

CREATE INDEX payments_tenant_id_position ON rm_receivables_v.payments USING btree (tenant_id, "position");

CREATE INDEX charges_day_deployment_id ON rm_usage_v.charges USING btree (day, deployment_id);

CREATE INDEX charges_deployment_id_day ON rm_usage_v.charges USING btree (deployment_id, day);

CREATE INDEX charges_tenant_id_day ON rm_usage_v.charges USING btree (tenant_id, day);

CREATE INDEX llm_usage_day_deployment_id ON rm_usage_v.llm_usage USING btree (day, deployment_id);

CREATE INDEX llm_usage_deployment_id_day ON rm_usage_v.llm_usage USING btree (deployment_id, day);

CREATE INDEX llm_usage_tenant_id_day ON rm_usage_v.llm_usage USING btree (tenant_id, day);

CREATE INDEX reported_usage_day_deployment_id ON rm_usage_v.reported_usage USING btree (day, deployment_id);

CREATE INDEX reported_usage_deployment_id_day ON rm_usage_v.reported_usage USING btree (deployment_id, day);

CREATE INDEX reported_usage_tenant_id_day ON rm_usage_v.reported_usage USING btree (tenant_id, day);

CREATE INDEX unmetered_day ON rm_usage_v.unmetered USING btree (day);

CREATE INDEX usage_days_day_deployment_id ON rm_usage_v.usage_days USING btree (day, deployment_id);

CREATE INDEX usage_days_tenant_id_deployment_id_day ON rm_usage_v.usage_days USING btree (tenant_id, deployment_id, day);

CREATE INDEX usage_months_period ON rm_usage_v.usage_months USING btree (period);

CREATE INDEX usage_sets_day_deployment_id ON rm_usage_v.usage_sets USING btree (day, deployment_id);

CREATE INDEX usage_sets_tenant_id_day ON rm_usage_v.usage_sets USING btree (tenant_id, day);

create sequence public.queued_runs_seq_seq;

CREATE OR REPLACE FUNCTION public.journal_append(p_streams text[], p_expected bigint[], p_counts integer[], p_append integer[], p_offset integer[], p_ids uuid[], p_types text[], p_data text, p_metadata text, p_recorded_at timestamp with time zone[])
 RETURNS TABLE(actual bigint, first_position bigint)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
declare
  head bigint;
begin
  perform pg_advisory_xact_lock(4711, 1);
  select coalesce(max(j.position), 0) into head from journal j;
  return query
  with appends as (
    select a.n, a.stream, a.expected, a.events,
      coalesce((select j.revision from journal j where j.stream = a.stream order by j.revision desc limit 1), -1) as at_revision
    from unnest(p_streams, p_expected, p_counts) with ordinality as a(stream, expected, events, n)
  ),
  accepted as materialized (
    select s.n, s.stream, s.expected, head + 1 + sum(s.events) over (order by s.n) - s.events as first_at
    from appends s where s.at_revision = s.expected
  ),
  written as (
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select ok.first_at + e.k, ok.stream, ok.expected + 1 + e.k, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at
    from unnest(p_append, p_offset, p_ids, p_types, string_to_array(p_data, E'\n'), string_to_array(p_metadata, E'\n'), p_recorded_at) as e(n, k, id, type, data, metadata, recorded_at)
    join accepted ok on ok.n = e.n
  )
  select s.at_revision, ok.first_at::bigint from appends s left join accepted ok on ok.n = s.n order by s.n;
  perform pg_notify('journal', '');
end
$function$;

CREATE OR REPLACE FUNCTION public.journal_append(p_streams text[], p_expected bigint[], p_event_streams text[], p_revisions bigint[], p_ids uuid[], p_types text[], p_data text, p_metadata text, p_recorded_at timestamp with time zone[], OUT head bigint, OUT actual bigint[])
 RETURNS record
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
declare
  refused text[];
begin
  perform pg_advisory_xact_lock(4711, 1);
  select (select coalesce(max(j.position), 0) from journal j), array_agg(a.stream) into head, refused
  from unnest(p_streams, p_expected) as a(stream, expected)
  where a.expected <> coalesce((select j.revision from journal j where j.stream = a.stream order by j.revision desc limit 1), -1);
  if refused is null then
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select head + e.n, e.stream, e.revision, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at
    from unnest(p_event_streams, p_revisions, p_ids, p_types, string_to_array(p_data, E'\n'), string_to_array(p_metadata, E'\n'), p_recorded_at)
      with ordinality as e(stream, revision, id, type, data, metadata, recorded_at, n);
  else
    select array_agg(coalesce((select j.revision from journal j where j.stream = a.stream order by j.revision desc limit 1), -1) order by a.n) into actual
    from unnest(p_streams) with ordinality as a(stream, n);
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select head + row_number() over (order by e.n), e.stream, e.revision, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at
    from unnest(p_event_streams, p_revisions, p_ids, p_types, string_to_array(p_data, E'\n'), string_to_array(p_metadata, E'\n'), p_recorded_at)
      with ordinality as e(stream, revision, id, type, data, metadata, recorded_at, n)
    where e.stream <> all (refused);
  end if;
  perform pg_notify('journal', '');
end
$function$;

CREATE OR REPLACE FUNCTION public.journal_chain(p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  at bigint;
  hash bytea;
  event record;
  positions bigint[] := '{}';
  hashes bytea[] := '{}';
begin
  perform pg_advisory_xact_lock(4711, 6);
  select h.position, h.hash into at, hash from journal_hashes h order by h.position desc limit 1;
  at := coalesce(at, 0);
  hash := coalesce(hash, decode(repeat('00', 32), 'hex'));
  for event in select j.position, j.id, j.stream, j.revision, j.type, j.data, j.metadata from journal j where j.position > at order by j.position limit p_limit loop
    -- Positions have no gaps: beyond one there is nothing that the chain could vouch for.
    exit when event.position <> at + 1;
    at := event.position;
    hash := journal_event_hash(hash, event.id, event.stream, event.revision, event.type, event.data, event.metadata);
    positions := positions || at;
    hashes := hashes || hash;
  end loop;
  insert into journal_hashes (position, hash) select p, h from unnest(positions, hashes) as chained(p, h);
  return cardinality(positions);
end
$function$;

CREATE OR REPLACE FUNCTION public.journal_copy(p_position bigint, p_source bigint, p_scanned bigint, p_firsts text[], p_first_revisions bigint[], p_streams text[], p_revisions bigint[], p_ids uuid[], p_types text[], p_data text, p_metadata text, p_recorded_at timestamp with time zone[], p_sources bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
declare
  head bigint;
  head_source bigint;
  torn text;
begin
  perform pg_advisory_xact_lock(4711, 1);
  select j.position, j.source_position into head, head_source from journal j order by j.position desc limit 1;
  if coalesce(head, 0) <> p_position or head_source is distinct from p_source then
    raise exception 'the journal ends at %, not at % where this copier left it', coalesce(head, 0), p_position using errcode = 'ARC02';
  end if;
  if cardinality(p_ids) > 0 then
    select f.stream into torn from unnest(p_firsts, p_first_revisions) as f(stream, revision)
    where not exists (select from journal j where j.stream = f.stream and j.revision = f.revision - 1) limit 1;
    if torn is not null then
      raise exception 'stream % has a gap before the event to be copied', torn using errcode = 'ARC03';
    end if;
    perform set_config('arcadia.journal_writer', 'copier', true);
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at, source_position)
    select p_position + e.n, e.stream, e.revision, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at, e.source
    from unnest(p_streams, p_revisions, p_ids, p_types, string_to_array(p_data, E'\n'), string_to_array(p_metadata, E'\n'), p_recorded_at, p_sources)
      with ordinality as e(stream, revision, id, type, data, metadata, recorded_at, source, n);
    perform pg_notify('journal', '');
  end if;
  update journal_source set scanned = greatest(scanned, p_scanned), updated_at = now();
  perform pg_notify('copied', p_scanned || ',' || (p_position + cardinality(p_ids)));
end
$function$;

CREATE OR REPLACE FUNCTION public.journal_event_hash(before bytea, id uuid, stream text, revision bigint, type text, data json, metadata json)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select sha256(before || convert_to(
    '36:' || id::text
    || octet_length(stream) || ':' || stream
    || octet_length(revision::text) || ':' || revision::text
    || octet_length(type) || ':' || type
    || octet_length(data::text) || ':' || data::text
    || octet_length(metadata::text) || ':' || metadata::text, 'UTF8'))
$function$;

CREATE OR REPLACE FUNCTION public.journal_guard()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  from_eventstoredb boolean;
  by_copier boolean := coalesce(current_setting('arcadia.journal_writer', true), '') = 'copier';
begin
  select kind is not distinct from 'eventstoredb' into from_eventstoredb from journal_source;
  if from_eventstoredb and not by_copier then
    raise exception 'the log has moved to EventStoreDB: restart with EVENTSTORE_URL' using errcode = 'ARC01';
  elsif by_copier and not from_eventstoredb then
    raise exception 'the journal is the log itself: nothing is copied into it' using errcode = 'ARC01';
  end if;
  return null;
end
$function$;

CREATE TRIGGER journal_guard BEFORE INSERT ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION journal_guard();
