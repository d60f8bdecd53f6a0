const loneSurrogate = /\p{Surrogate}/gu;

/** Why PostgreSQL or JSON can't hold this text; null when they can. */
export function brokenText(text: string): string | null {
  if (text.includes('\u0000')) return 'must not contain U+0000';
  return text.search(loneSurrogate) === -1 ? null : 'must not contain a lone surrogate';
}

/** The text with its broken characters replaced, for an answer or a log. */
export function repairedText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').replace(loneSurrogate, '\uFFFD');
}
