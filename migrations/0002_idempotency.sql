-- Idempotency-Key of POST requests: durable, no event and no read model stands for it. A row is first a claim (status null),
-- held by its owner for as long as the lease is renewed, then the first 2xx answer, word for word.
create table idempotency_keys (
  -- SHA-256 (hex) of tenant, subject, method, path and key
  scope text collate "C" primary key,
  -- SHA-256 (hex) of the canonical JSON of the body
  body_hash text not null,
  owner uuid not null,
  lease_until timestamptz not null,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  status integer,
  -- the exact text of the answer's JSON
  body text,
  -- its Ledger-Position
  position text,
  constraint idempotency_keys_answer check ((status is null) = (body is null) and (status is null) = (completed_at is null))
);
create index idempotency_keys_age on idempotency_keys (created_at);
