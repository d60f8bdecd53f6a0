-- The journal: every event of the ledger in one order, numbered 1..N without gaps. It is the log itself in the
-- embedded default. data and metadata are json, not jsonb: the exact text is what gets hashed, and it reads faster.
create table journal (
  position bigint primary key,
  stream text collate "C" not null,
  revision bigint not null,
  id uuid not null,
  type text collate "C" not null,
  data json not null,
  metadata json not null,
  recorded_at timestamptz not null,
  constraint journal_stream_revision unique (stream, revision),
  constraint journal_event_id unique (id)
);

-- Names this log: the first half of every Ledger-Position.
create table log_identity (
  only_row boolean primary key default true check (only_row),
  id text not null
);
insert into log_identity (id) values (replace(gen_random_uuid()::text, '-', ''));

-- One row a projection version: how far its tables have come. Rows and checkpoint commit in one transaction.
create table projection_checkpoints (
  name text not null,
  version integer not null,
  position bigint not null default 0,
  -- 'live', or 'parked' by an event that it could not apply (named in error)
  status text not null default 'live',
  error jsonb,
  -- hash of the tables' definition: a changed definition under the same version is refused at start
  definition text not null,
  updated_at timestamptz not null default now(),
  primary key (name, version)
);

-- Appends a batch: each append (p_streams, p_expected, p_counts) against its own expected revision, its events named by
-- p_append (1-based) and p_offset (0-based); data and metadata are JSON texts, one a line (JSON has no line feed of its
-- own, so that nothing needs quoting). A stream occurs at most once in a batch. Answers, for each append, the revision that
-- its stream was at and, where that was the expected one, the position of its first event.
--
-- The lock is a statement of its own before the one that checks: a volatile function takes a fresh snapshot for each
-- statement, so the check sees what the previous holder of the lock committed. It orders writers across processes,
-- hence positions become visible in order and a reader never sees a gap that fills later.
create function journal_append(
  p_streams text[], p_expected bigint[], p_counts integer[],
  p_append integer[], p_offset integer[], p_ids uuid[], p_types text[], p_data text, p_metadata text, p_recorded_at timestamptz[]
) returns table (actual bigint, first_position bigint)
language plpgsql volatile as $$
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
$$;
