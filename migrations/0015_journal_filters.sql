-- What GET events filters by. A summary of each 32 pages of the journal says which values may be in them: 1.2 bytes an
-- event, and an append writes none of it (it computes the two expressions: 1 to 2 µs), where a sorted index on one of the
-- filters costs 62 to 88 bytes an event and 2 to 4 µs an append.
create index journal_filters on journal using brin (
  position int8_minmax_ops,
  recorded_at timestamptz_minmax_ops,
  type text_bloom_ops (n_distinct_per_range = 24),
  (metadata -> 'actor' ->> 'sub') text_bloom_ops (n_distinct_per_range = 24),
  (metadata ->> 'correlation_id') text_bloom_ops (n_distinct_per_range = 256)
) with (pages_per_range = 32);

-- Vacuum summarises pages that were filled since the last one, and a search reads those that are not summarised: so it
-- comes after so many new events, however long the journal is.
alter table journal set (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000);

-- The runs of jobs by each filter of their list, in its order. Without the id, the planner looked for the last run of a
-- job that never ran through all runs.
create index job_runs_of_job on job_runs (job, started_at desc, id desc);
create index job_runs_of_status on job_runs (status, started_at desc, id desc);
create index job_runs_of_trigger on job_runs (trigger, started_at desc, id desc);
drop index job_runs_latest;
