-- The schedule of jobs: durable, not part of the ledger. Redis hands the runs out; what is still to be run is known here, so
-- that a Redis that goes away, or loses its data, loses no run.
alter table job_runs
  -- 'hand' or 'schedule'
  add column trigger text not null default 'hand',
  -- by the schedule a run may be tried again: this is attempt so many of so many
  add column attempt integer not null default 1,
  add column attempts integer not null default 1,
  -- the schedule has given up after this run; until a run with the same input completes
  add column dead boolean not null default false;
create index job_runs_dead on job_runs (job) where dead;

create table job_schedule (
  job text collate "C" primary key,
  -- every tick of the cron pattern up to here has queued its runs
  ticked_until timestamptz not null,
  next_run_at timestamptz,
  -- when a worker has last found the schedule in force
  confirmed_at timestamptz
);

create table queued_runs (
  -- derived from job and input: what is queued is not queued again
  id text collate "C" primary key,
  -- the order in which they were queued
  seq bigint generated always as identity,
  job text not null,
  input jsonb not null,
  -- attempts that have failed
  failed_attempts integer not null default 0,
  -- attempts whose process died
  interruptions integer not null default 0,
  -- the run under way (job_runs), null while it waits
  run_id text,
  -- it waits for its next attempt, or is looked at again, from here on
  not_before timestamptz,
  -- why it is held back, a sentence
  waiting_for text,
  queued_at timestamptz not null default clock_timestamp()
);
create unique index queued_runs_order on queued_runs (seq);
