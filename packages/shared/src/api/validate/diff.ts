import { jsonEqual } from '../../lib/equal.ts';
import { isQuantity, parseQuantity } from '../../lib/quantity.ts';
import { goName, intOrString, plain, zeroOf } from '../wire/print.ts';
import { type Shape, shapeOf, type Type } from '../wire/shapes.ts';

type Loose = Record<string, unknown>;
type Tell = (line: string) => void;

const isSet = (v: unknown): boolean => v !== undefined && v !== null;
const isEmpty = (v: unknown): boolean => !isSet(v) || Object.keys(v as object).length === 0;
const line = (sign: string, type: string, text: string): string => `\t${sign}: ${type}"${text}"\n`;

/** Both sides of a difference at `path`. */
const report = (path: string, type: Type, pointer: boolean, before: unknown, after: unknown, tell: Tell): void =>
  tell(`${path}:\n${line('-', '', plain(type, pointer, before))}${line('+', '', plain(type, pointer, after))}`);

/** A difference that has one side: an entry less or more. Objects are told with their type. */
function reportOne(path: string, type: Type, sign: '-' | '+', value: unknown, tell: Tell): void {
  tell(`${path}:\n${line(sign, type.is === 'shape' ? `v1.${type.shape.name}: ` : '', plain(type, false, value))}`);
}

/** Lists are alike at both ends, in between their entries are compared in order; what is left over went or came. */
function listChanges(path: string, type: Type, before: readonly unknown[], after: readonly unknown[], tell: Tell): void {
  const same = (a: unknown, b: unknown): boolean => !anyChange(type, false, a, b);
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && same(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && same(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  const [was, is] = [before.length - tail, after.length - tail];
  for (let i = head; i < Math.max(was, is); i++) {
    if (i < was && i < is) valueChanges(`${path}[${i}]`, type, false, before[i], after[i], tell);
    else if (i < was) reportOne(`${path}[${i}->?]`, type, '-', before[i], tell);
    else reportOne(`${path}[?->${i}]`, type, '+', after[i], tell);
  }
}

function mapChanges(path: string, type: Type, before: Loose, after: Loose, tell: Tell): void {
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const at = `${path}[${JSON.stringify(key)}]`;
    if (!Object.hasOwn(after, key)) reportOne(at, type, '-', before[key], tell);
    else if (!Object.hasOwn(before, key)) reportOne(at, type, '+', after[key], tell);
    else valueChanges(at, type, false, before[key], after[key], tell);
  }
}

function objectChanges(path: string, shape: Shape, before: Loose, after: Loose, tell: Tell): void {
  for (const f of shape.fields.values()) {
    const [was, is] = [before[f.name], after[f.name]];
    if (was !== is) valueChanges([path, ...f.via, goName(f.name)].join('.'), f.type, f.pointer, was, is, tell);
  }
}

/** Quantities are the same by value: `1` and `1000m` (contract control-plane 9.27). */
function sameQuantity(a: unknown, b: unknown): boolean {
  const [left, right] = [String(a), String(b)];
  return left === right || (isQuantity(left) && isQuantity(right) && parseQuantity(left) === parseQuantity(right));
}

function scalarChanges(path: string, type: Type, pointer: boolean, before: unknown, after: unknown, tell: Tell): void {
  if (type.is === 'any' ? jsonEqual(before, after) : type.is === 'Quantity' && sameQuantity(before, after)) return;
  if ((before ?? zeroOf(type)) === (after ?? zeroOf(type))) return;
  report(`${pointer ? '*' : ''}${path}`, type, false, before, after, tell);
}

function partChanges(path: string, before: unknown, after: unknown, tell: Tell): void {
  const [was, is] = [intOrString(before), intOrString(after)];
  for (const [i, part] of ['Type', 'IntVal', 'StrVal'].entries())
    if (was[i] !== is[i]) tell(`${path}.${part}:\n${line('-', '', String(was[i]))}${line('+', '', String(is[i]))}`);
}

function valueChanges(path: string, type: Type, pointer: boolean, before: unknown, after: unknown, tell: Tell): void {
  const many = type.is === 'list' || type.is === 'map';
  if (!isSet(before) && !isSet(after)) return;
  if (many && isEmpty(before) && isEmpty(after)) return;
  // A list that is there and empty is told apart from none: what it lacks is told entry by entry.
  if ((pointer || many) && isSet(before) !== isSet(after)) report(path, type, pointer, before, after, tell);
  else if (type.is === 'shape') objectChanges(path, type.shape, (before ?? {}) as Loose, (after ?? {}) as Loose, tell);
  else if (type.is === 'list') listChanges(path, type.of, before as unknown[], after as unknown[], tell);
  else if (type.is === 'map') mapChanges(path, type.of, before as Loose, after as Loose, tell);
  else if (type.is === 'IntOrString') partChanges(path, before, after, tell);
  else scalarChanges(path, type, pointer, before, after, tell);
}

function anyChange(type: Type, pointer: boolean, before: unknown, after: unknown): boolean {
  let found = false;
  valueChanges('', type, pointer, before, after, () => {
    found = true;
  });
  return found;
}

/**
 * What changed between two objects of a shape, in the peer's form (contract control-plane 4.3): one path of Go names per
 * difference, then the old and the new value; '' when they mean the same. `root`: what the paths begin with.
 */
export function changes(shape: 'RevisionTemplateSpec' | 'RevisionSpec', root: string, before: object, after: object): string {
  let text = '';
  objectChanges(root, shapeOf(shape), before as Loose, after as Loose, (line) => {
    text += line;
  });
  return text;
}
