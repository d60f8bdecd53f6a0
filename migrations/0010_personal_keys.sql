-- The key ring of personal data: one live data key a tenant, wrapped by the master key, which is kept elsewhere. Durable,
-- not derived from events: no rebuild brings a key back.
create table personal_keys (
  key_id text collate "C" primary key,
  tenant_id text collate "C" not null,
  -- null once the key is destroyed: what it sealed can never be opened again
  wrapped_key bytea,
  -- the fingerprint of the master key that wraps it
  master_key text collate "C" not null,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  check ((wrapped_key is null) = (destroyed_at is not null))
);

create unique index personal_keys_live on personal_keys (tenant_id) where destroyed_at is null;
