-- Long work that a request has started and that goes on behind it: durable, not part of the ledger.
create table background_runs (
  id text collate "C" primary key,
  -- 'verification' or 'what-if'
  kind text not null,
  -- the subject of who asked, and what was asked
  actor text not null,
  input json not null,
  -- 'running', 'completed' or 'failed'; one that has not been renewed for a minute has lost its process
  status text not null default 'running',
  -- the step under way, and how far it has come
  step text,
  done bigint not null default 0,
  total bigint not null default 0,
  step_started_at timestamptz not null default clock_timestamp(),
  -- in a few members, for lists; and the whole
  summary json,
  result json,
  error text,
  started_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  updated_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);
create index background_runs_latest on background_runs (kind, started_at desc, id desc);
-- One verification at a time over all processes.
create unique index background_runs_verification on background_runs (kind)
  where kind = 'verification' and status = 'running';

-- What-ifs for their list, without their tenants.
alter table what_if_results add column summary json;
update what_if_results set summary = json_build_object(
  'overrides', result->'overrides',
  'periods', case when result->'periods' is null then json_build_array(result->'period')
    else (select json_agg(month->'period') from json_array_elements(result->'periods') month) end,
  'before', result->'before', 'after', result->'after', 'delta_cents', result->'delta_cents');
create index what_if_results_latest on what_if_results (created_at desc, id desc);

-- How far a run of a job has come, by its own report: so many of so many steps, and a word about them.
alter table job_runs
  add column done bigint,
  add column total bigint,
  add column note text;
create index job_runs_by_start on job_runs (started_at desc, id desc);
