import { isIP } from 'node:net';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

/** An SMTP server as `SMTP_URL` names it. */
export interface SmtpServer {
  connection: SMTPConnectionOptions;
  /** Null: it takes mail without a login. */
  login: { user: string; pass: string } | null;
  /** Every form in which the password may occur in a text. */
  secrets: readonly string[];
}

/**
 * Reads `smtp://user:password@host:587` or `smtps://…`. As nodemailer does, it takes the parameters
 * `requireTLS=true` and `tls.rejectUnauthorized=false`. With `smtp:` the connection is encrypted where the
 * server offers it; a password leaves this machine only encrypted.
 */
export function smtpServer(text: string): SmtpServer {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'smtps:';
  const [user, pass] = [decoded(url.username), decoded(url.password)];
  const login = user === '' ? null : { user, pass };
  const isHere = isLoopback(host);
  const requireTLS = url.searchParams.get('requireTLS') === 'true' || (!secure && login !== null && !isHere);
  return {
    connection: {
      host,
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      requireTLS,
      // On the way to this machine itself encryption adds nothing, and certificates rarely name it.
      ignoreTLS: !secure && !requireTLS && isHere,
      ...(url.searchParams.get('tls.rejectUnauthorized') === 'false'
        ? { tls: { rejectUnauthorized: false } }
        : {}),
    },
    login,
    secrets: login === null ? [] : formsOf(login, url.password),
  };
}

/** A percent sign that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.')) || host === '::1';
}

/** The password as it is, as in the URL, and as logins send it. */
function formsOf({ user, pass }: { user: string; pass: string }, inUrl: string): string[] {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return [pass, inUrl, base64(pass), base64(`\u0000${user}\u0000${pass}`)].filter((form) => form !== '');
}
