import { createHash, randomBytes } from 'node:crypto';
import type { Sql } from './db.ts';

/** The person of a session, as a token or a link names it. */
export interface SessionSubject {
  subject: string;
  tenant_id: string | null;
  roles: string[];
  /** May look, and run no command. */
  read_only: boolean;
}

/** What the next page says of the last command. */
export interface Flash {
  tone: 'good' | 'bad' | 'info';
  text: string;
  /** An address to hand on, relative to the service. */
  link?: string;
}

/** A signed-in person. */
export interface ConsoleSession extends SessionSubject {
  id_hash: Buffer;
  form_token: string;
  /** ISO instant. */
  expires_at: string;
  flash: Flash | null;
  /** The `Ledger-Position` of the last command. */
  position: string | null;
}

/** A link that signs in. */
export interface SignInLink extends SessionSubject {
  /** Signs in only once. */
  once: boolean;
  created_by: string;
  /** ISO instant. */
  expires_at: string;
}

/** The statements on the tables of the console; times are the machine's, as those of tokens are. */
export interface ConsoleSessions {
  /** Begins a session; returns the secret of its cookie. */
  begin(subject: SessionSubject, expiresAt: Date): Promise<string>;
  /** The session of a cookie's secret, unless it has expired. */
  find(secret: string): Promise<ConsoleSession | null>;
  /** Keeps what the next page says and waits for. */
  leave(session: ConsoleSession, note: { flash: Flash | null; position: string | null }): Promise<void>;
  /** Takes back what was said. */
  said(session: ConsoleSession): Promise<void>;
  end(session: ConsoleSession): Promise<void>;
  /** Makes a link; returns the secret of its address. */
  createLink(link: SignInLink): Promise<string>;
  /** The link of a secret, which counts as used now; null where it has expired or was used up. */
  useLink(secret: string): Promise<SignInLink | null>;
}

/** 256 bits: no one guesses it, so that a plain hash keeps it safe. */
const newSecret = (): string => randomBytes(32).toString('base64url');

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export function consoleSessions(sql: Sql, now: () => Date = () => new Date()): ConsoleSessions {
  const dropExpired = async (): Promise<void> => {
    await sql`delete from console_sessions where expires_at <= ${now()}`;
    await sql`delete from sign_in_links where expires_at <= ${now()}`;
  };
  return {
    async begin({ subject, tenant_id, roles, read_only }, expiresAt) {
      const secret = newSecret();
      await dropExpired();
      await sql`
        insert into console_sessions
          (id_hash, subject, tenant_id, roles, read_only, form_token, created_at, expires_at)
        values (${hashOf(secret)}, ${subject}, ${tenant_id}, ${roles}, ${read_only}, ${newSecret()},
          ${now()}, ${expiresAt})`;
      return secret;
    },
    async find(secret) {
      const [session] = await sql<ConsoleSession[]>`
        select id_hash, subject, tenant_id, roles, read_only, form_token, expires_at, flash, position
        from console_sessions where id_hash = ${hashOf(secret)} and expires_at > ${now()}`;
      return session ?? null;
    },
    async leave({ id_hash }, { flash, position }) {
      await sql`
        update console_sessions
        set flash = ${flash === null ? null : sql.json({ ...flash })},
          position = coalesce(${position}, position)
        where id_hash = ${id_hash}`;
    },
    async said({ id_hash }) {
      await sql`update console_sessions set flash = null where id_hash = ${id_hash}`;
    },
    async end({ id_hash }) {
      await sql`delete from console_sessions where id_hash = ${id_hash}`;
    },
    async createLink({ subject, tenant_id, roles, read_only, once, created_by, expires_at }) {
      const secret = newSecret();
      await dropExpired();
      await sql`
        insert into sign_in_links
          (code_hash, subject, tenant_id, roles, read_only, once, created_by, created_at, expires_at)
        values (${hashOf(secret)}, ${subject}, ${tenant_id}, ${roles}, ${read_only}, ${once}, ${created_by},
          ${now()}, ${expires_at})`;
      return secret;
    },
    async useLink(secret) {
      const [link] = await sql<SignInLink[]>`
        update sign_in_links set used_at = coalesce(used_at, ${now()})
        where code_hash = ${hashOf(secret)} and expires_at > ${now()} and not (once and used_at is not null)
        returning subject, tenant_id, roles, read_only, once, created_by, expires_at`;
      return link ?? null;
    },
  };
}
