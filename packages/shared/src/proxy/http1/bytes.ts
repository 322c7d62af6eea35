/** Which bytes may stand where in HTTP/1 (RFC 9110, 5.6.2; RFC 9112). Tables, because each byte of each head is looked up. */
const table = (allowed: (byte: number) => boolean): Uint8Array => Uint8Array.from({ length: 256 }, (_, byte) => (allowed(byte) ? 1 : 0));

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/;
/** Methods and header names. */
export const isToken = table((b) => b < 128 && token.test(String.fromCharCode(b)));
/** Request targets: no blanks, no controls. What is beyond ASCII is passed on as it came. */
export const isTarget = table((b) => b > 0x20 && b !== 0x7f);
/** Header values, reason phrases, chunk extensions: no controls but the tab. */
export const isText = table((b) => b === 0x09 || (b >= 0x20 && b !== 0x7f));

export const cr = 0x0d;
export const lf = 0x0a;
export const space = 0x20;
export const tab = 0x09;
export const colon = 0x3a;
