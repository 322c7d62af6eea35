import { tokensOf } from '../headers.ts';
import { lastHop, nameOf, roles } from '../names.ts';
import { type Fields, ProtocolError } from './head.ts';

/** What a head says about the connection it came on and the body that follows. */
export interface MessageFacts {
  /** The body's length as announced; undefined without Content-Length. */
  length?: number;
  chunked: boolean;
  close: boolean;
  keepAlive: boolean;
  /** `Connection: upgrade`. */
  upgrading: boolean;
  /** Names that Connection lists and that are dropped with it. */
  listed?: Set<string>;
  /** A field that never goes further is there. */
  hasHops: boolean;
  upgrade?: string;
  expect?: string;
  hosts: number;
  /** The first Host, where there is one. */
  host: string;
  hasDate: boolean;
}

/** Reads a head's fields once. Framing that two readers could understand differently is refused (RFC 9112, 6.3 and 11.2). */
export function factsOf(fields: Fields): MessageFacts {
  const facts: MessageFacts = {
    length: undefined,
    chunked: false,
    close: false,
    keepAlive: false,
    upgrading: false,
    listed: undefined,
    hasHops: false,
    upgrade: undefined,
    expect: undefined,
    hosts: 0,
    host: '',
    hasDate: false,
  };
  const { names } = fields;
  for (let i = 0; i < names.length; i++) {
    const { role } = names[i]!;
    if (role === roles.endToEnd) continue;
    if (role <= lastHop) facts.hasHops = true;
    switch (role) {
      case roles.connection:
        readConnection(fields.value(i), facts);
        break;
      case roles.contentLength:
        readLength(fields.value(i), facts);
        break;
      case roles.transferEncoding:
        if (facts.chunked) throw new ProtocolError('more than one Transfer-Encoding');
        if (fields.value(i).toLowerCase() !== 'chunked') throw new ProtocolError('unsupported Transfer-Encoding', 501);
        facts.chunked = true;
        break;
      case roles.upgrade:
        facts.upgrade = facts.upgrade === undefined ? fields.value(i) : `${facts.upgrade}, ${fields.value(i)}`;
        break;
      case roles.expect:
        facts.expect = fields.value(i);
        break;
      case roles.host:
        if (facts.hosts++ === 0) facts.host = fields.value(i);
        break;
      case roles.date:
        facts.hasDate = true;
        break;
    }
  }
  return facts;
}

function readLength(value: string, facts: MessageFacts): void {
  if (facts.length !== undefined) throw new ProtocolError('more than one Content-Length');
  // Fifteen digits are a petabyte, and a number that is exact.
  if (!/^[0-9]{1,15}$/.test(value)) throw new ProtocolError('malformed Content-Length');
  facts.length = Number(value);
}

function readConnection(value: string, facts: MessageFacts): void {
  if (value === 'keep-alive') facts.keepAlive = true;
  else if (value === 'close') facts.close = true;
  else
    for (const option of tokensOf(value)) {
      if (option === 'keep-alive') facts.keepAlive = true;
      else if (option === 'close') facts.close = true;
      else if (option === 'upgrade') facts.upgrading = true;
      // Framing and Host mean something to this proxy: nobody can have them dropped.
      else if (option !== '' && canBeListed(option)) {
        facts.listed ??= new Set();
        facts.listed.add(option);
      }
    }
}

const canBeListed = (option: string): boolean => {
  const { role } = nameOf(option);
  return role !== roles.contentLength && role !== roles.host;
};
