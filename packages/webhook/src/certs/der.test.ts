import { describe, expect, test } from 'vitest';
import { bits, context, integer, octets, oid, sequence, set, time, utf8, yes } from './der.ts';

const bytes = (...b: number[]) => Buffer.from(b);
const hex = (b: Buffer) => b.toString('hex');

describe('DER', () => {
  test.each<[string, Buffer, string]>([
    ['true', yes(), '0101ff'],
    ['a whole number', integer(bytes(0x41)), '020141'],
    ['a whole number that would look negative', integer(bytes(0x80, 1)), '0203008001'],
    ['text', utf8('é'), '0c02c3a9'],
    ['bits', bits(bytes(0x04), 2), '03020204'],
    ['an empty sequence', sequence(), '3000'],
    ['a sequence', sequence(yes(), octets(bytes(7))), '30060101ff040107'],
    ['a set', set(yes()), '31030101ff'],
    ['a value of the context', context(2, Buffer.from('a')), '820161'],
    ['values of the context', context(0, yes(), true), 'a0030101ff'],
    ['an identifier', oid('2.5.29.17'), '0603551d11'],
    ['an identifier with long arcs', oid('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['a time', time(Date.UTC(2026, 0, 2, 3, 4, 5)), hex(Buffer.concat([bytes(0x17, 13), Buffer.from('260102030405Z')]))],
    ['a time after 2049', time(Date.UTC(2050, 0, 1)), hex(Buffer.concat([bytes(0x18, 15), Buffer.from('20500101000000Z')]))],
  ])('%s', (_what, der, want) => {
    expect(hex(der)).toBe(want);
  });

  test.each([
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [70_000, '0483011170'],
  ])('of %i bytes says so', (length, head) => {
    expect(hex(octets(Buffer.alloc(length))).slice(0, head.length)).toBe(head);
  });
});
