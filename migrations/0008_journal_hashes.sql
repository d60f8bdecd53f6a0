-- The hash chain of the journal: each event's hash covers the one before it, so that nothing before a known hash can be
-- altered, left out or put in between without all later ones changing. A follower fills it: appends do not wait for it.
create table journal_hashes (
  position bigint primary key,
  hash bytea not null
);

-- What is hashed of an event: the hash before it (32 bytes, zeros before the first), then its texts in this order, each
-- behind its length in bytes and a colon, so that no two events have one form. The position is that of the hash itself, and
-- recorded_at is in the metadata.
create function journal_event_hash(before bytea, id uuid, stream text, revision bigint, type text, data json, metadata json) returns bytea
language sql immutable strict parallel safe as $$
  select sha256(before || convert_to(
    '36:' || id::text
    || octet_length(stream) || ':' || stream
    || octet_length(revision::text) || ':' || revision::text
    || octet_length(type) || ':' || type
    || octet_length(data::text) || ':' || data::text
    || octet_length(metadata::text) || ':' || metadata::text, 'UTF8'))
$$;

-- Chains at most so many of the journal's next events; answers how many. Who comes second waits and goes on from there.
create function journal_chain(p_limit integer) returns integer
language plpgsql volatile as $$
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
$$;
