/** The longest of DigitalOcean's own windows: nothing it can mean lies further off. */
const longestMs = 3_600_000;

/**
 * Milliseconds that a `retry-after` header asks for: seconds or an HTTP date. Null where it is missing, in
 * the past, zero or no such thing: then the caller's own backoff decides. Never more than an hour.
 */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d+$/.test(text)) return positive(Number(text) * 1000);
  // Date.parse reads almost anything; only what looks like an HTTP date is one.
  if (!/^[A-Za-z]{3,9},? .*\d{4}|^[A-Za-z]{3} [A-Za-z]{3} /.test(text)) return null;
  return positive(Date.parse(text) - now);
}

function positive(milliseconds: number): number | null {
  return !Number.isNaN(milliseconds) && milliseconds > 0 ? Math.min(milliseconds, longestMs) : null;
}
