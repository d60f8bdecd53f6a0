/** A document or element of XML, with its end tags. */
export type Xml = string;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): Xml => text.replace(/[&<>"]/g, (letter) => escapes[letter] ?? letter);

/** An element of texts or elements: `[name, content]`, in order. */
export const elements = (parts: readonly (readonly [name: string, content: Xml])[]): Xml =>
  parts.map(([name, content]) => `<${name}>${content}</${name}>`).join('');

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document of S3. */
export const documentOf = (root: string, content: Xml): Xml =>
  `${declaration}\n<${root} xmlns="${namespace}">${content}</${root}>`;

/** The error document of S3; errors have no namespace. */
export const errorDocument = (
  code: string,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Xml =>
  `${declaration}\n<Error>${elements(
    Object.entries({ Code: code, Message: message, ...more }).map(([name, text]) => [name, escaped(text)]),
  )}</Error>`;
