/** A piece of HTML that is safe as it stands. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | Html | readonly Html[];

/** HTML from a template: every text that is put into it is escaped. */
export function html(pieces: TemplateStringsArray, ...parts: Part[]): Html {
  const filled = parts.map((part) => {
    if (typeof part === 'string') return escaped(part);
    return part instanceof Html ? part.text : part.map(({ text }) => text).join('');
  });
  return new Html(pieces.map((piece, index) => piece + (filled[index] ?? '')).join(''));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
