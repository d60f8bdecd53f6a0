const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const openBrace = 0x7b;

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isClosing = (byte: number | undefined): boolean => byte === 0x5d || byte === 0x7d;

/**
 * How many values a JSON text holds, itself included: a container of n members has n − 1 commas. It stops
 * counting above `most`, and means nothing for text that is not JSON.
 */
export function countJsonNodes(bytes: Uint8Array, most: number): number {
  let nodes = 1;
  for (let at = 0; at < bytes.length && nodes <= most; at += 1) {
    const byte = bytes[at];
    if (byte === comma) nodes += 1;
    else if (byte === quote) at = endOfString(bytes, at);
    else if (byte === openBracket || byte === openBrace) {
      let next = at + 1;
      while (next < bytes.length && isBlank(bytes[next] as number)) next += 1;
      if (next < bytes.length && !isClosing(bytes[next])) nodes += 1;
      at = next - 1;
    }
  }
  return nodes;
}

/** Where the string that begins at `start` ends. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}
