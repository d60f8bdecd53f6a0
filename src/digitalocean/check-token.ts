/**
 * Throws TypeError for a token that no header can hold. fetch refuses it too, but its message quotes the
 * token.
 * @param what names the token in the message
 */
export function checkToken(token: string, what: string): void {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new TypeError(`the DigitalOcean ${what} is empty or has characters that no header may hold`);
}
