/** The longest wait that is accepted: DigitalOcean's longest window. */
const longestMs = 3_600_000;

/**
 * Milliseconds of a `retry-after` header, which has seconds or an HTTP date; at most an hour. Null where it
 * is missing, in the past, zero or in another form: then the caller's own backoff decides.
 */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d+$/.test(text)) return positive(Number(text) * 1000);
  // Date.parse reads almost anything: only the form of an HTTP date is accepted.
  if (!/^[A-Za-z]{3,9},? .*\d{4}|^[A-Za-z]{3} [A-Za-z]{3} /.test(text)) return null;
  return positive(Date.parse(text) - now);
}

function positive(milliseconds: number): number | null {
  return !Number.isNaN(milliseconds) && milliseconds > 0 ? Math.min(milliseconds, longestMs) : null;
}
