/** What a proxy has to know of a header by its name. */
export const roles = {
  /** Passed on as it is. */
  endToEnd: 0,
  /** Of one connection, never passed on (RFC 9110, 7.6.1; contract data-plane 1.8). */
  hop: 1,
  connection: 2,
  te: 3,
  trailer: 4,
  transferEncoding: 5,
  upgrade: 6,
  contentLength: 7,
  host: 8,
  expect: 9,
  forwardedFor: 10,
  date: 11,
} as const;
export type Role = (typeof roles)[keyof typeof roles];

/** The last role that belongs to one connection. */
export const lastHop = roles.upgrade;

const known: Readonly<Record<string, Role>> = {
  connection: roles.connection,
  'proxy-connection': roles.hop,
  'keep-alive': roles.hop,
  'proxy-authenticate': roles.hop,
  'proxy-authorization': roles.hop,
  te: roles.te,
  trailer: roles.trailer,
  'transfer-encoding': roles.transferEncoding,
  upgrade: roles.upgrade,
  'content-length': roles.contentLength,
  host: roles.host,
  expect: roles.expect,
  'x-forwarded-for': roles.forwardedFor,
  date: roles.date,
};

/** A header's name. */
export interface Name {
  readonly lower: string;
  readonly role: Role;
}

/** Spellings that were met. Clients choose them, so there is an end to it. */
const met = new Map<string, Name>();
const mostMet = 1024;

/** The name behind a spelling. */
export function nameOf(spelling: string): Name {
  const found = met.get(spelling);
  if (found) return found;
  const lower = spelling.toLowerCase();
  const name = { lower, role: Object.hasOwn(known, lower) ? known[lower]! : roles.endToEnd };
  // What is kept must not hold on to the text it was cut from.
  if (met.size < mostMet && spelling.length <= 64) met.set(Buffer.from(spelling, 'latin1').toString('latin1'), name);
  return name;
}
