-- Signed-in people of the console, and the links that sign in. Durable: no event and no read model stands for them, since
-- they say nothing about money. Cookies and links hold secrets of 256 bits, of which only the hash is kept.
create table console_sessions (
  -- SHA-256 of the secret in the cookie
  id_hash bytea primary key,
  subject text not null,
  tenant_id text,
  roles text[] not null,
  read_only boolean not null,
  -- sent along by every form, so that no other site can send one
  form_token text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- what the next page says of the last command
  flash jsonb,
  -- the Ledger-Position of the last command: pages wait for it
  position text
);
create index console_sessions_expiry on console_sessions (expires_at);

create table sign_in_links (
  -- SHA-256 of the secret in the link
  code_hash bytea primary key,
  subject text not null,
  tenant_id text,
  roles text[] not null,
  read_only boolean not null,
  -- signs in only once
  once boolean not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_links_expiry on sign_in_links (expires_at);
