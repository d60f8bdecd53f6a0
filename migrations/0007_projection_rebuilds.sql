-- The last rebuild of each projection: how far it has come, or how it ended. Not part of the ledger.
create table projection_rebuilds (
  name text not null,
  version integer not null,
  -- 'building', 'catching_up', 'completed', 'failed'; one that has not been renewed for a minute has lost its process
  status text not null,
  -- journal positions: where it is, and where the live tables stood when it began
  position bigint not null default 0,
  target bigint not null,
  error jsonb,
  started_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (name, version)
);
