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
  finished_at timestamptz,
  -- renewed by the process that runs it; a running run past it has lost its process
  lease_until timestamptz not null
);
create index job_runs_latest on job_runs (job, started_at desc);
create index job_runs_last_failed on job_runs (job, started_at desc) where status = 'failed';
create index job_runs_running on job_runs (lease_until) where status = 'running';
