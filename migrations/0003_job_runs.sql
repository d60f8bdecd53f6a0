-- Runs of jobs, by hand or by the schedule: durable, not part of the ledger.
create table job_runs (
  id text collate "C" primary key,
  job text not null,
  input jsonb not null,
  actor text not null,
  -- 'running', 'completed' or 'failed'
  status text not null,
  result jsonb,
  error text,
  started_at timestamptz not null,
  finished_at timestamptz
);
create index job_runs_latest on job_runs (job, started_at desc);
