const loneSurrogate = /\p{Surrogate}/gu;

/** Why Postgres or JSON can't hold this text, or null when they can. */
export function brokenText(text: string): string | null {
  if (text.includes('\u0000')) return 'must not contain U+0000';
  return text.search(loneSurrogate) === -1 ? null : 'must not contain a lone surrogate';
}

/** The text with whatever is broken in it replaced, fit for an answer or a log. */
export function repairedText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').replace(loneSurrogate, '\uFFFD');
}
