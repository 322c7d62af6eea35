/** How a value of several fields prints itself, where that is not Go's map. */
export const asText = Symbol('text');

/** What a template may look at: nested plain values, and methods. */
export type TemplateData = { [key: string]: Value; [asText]?: string };

type Method = (...args: Value[]) => Value;

/** What an expression of a template comes to. Undefined is Go's "no value". */
export type Value = string | number | boolean | readonly string[] | Method | TemplateData | undefined;

const isList = (value: Value): value is readonly string[] => Array.isArray(value);

/** What a part of a template sees: `.` and `$`. */
export interface Scope {
  dot: Value;
  root: TemplateData;
}

type Expression = (scope: Scope) => Value;

/** Go's idea of truth: not empty, not zero. */
export const truthy = (value: Value): boolean => (typeof value === 'object' ? Object.keys(value).length > 0 : Boolean(value));

/** A value as Go prints it. */
export const shown = (value: Value): string => {
  if (value === undefined) return '<no value>';
  if (typeof value === 'number') return shownNumber(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.join(' ')}]`;
  if (value[asText] !== undefined) return value[asText];
  return `map[${Object.keys(value)
    .sort()
    .map((k) => `${k}:${shown(value[k])}`)
    .join(' ')}]`;
};

/** Small numbers have an exponent in Go from 0.0001 down, of two digits. */
function shownNumber(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

/** Text for a string of JavaScript, as Go's `js` has it. */
function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]|\p{Cc}|[\u00a0\u2028\u2029]/gu, (c) =>
    c === '\\' || c === "'" || c === '"' ? `\\${c}` : `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

const number = (value: Value): number => {
  if (typeof value !== 'number') throw new Error(`at <${shown(value)}>: incompatible types for comparison`);
  return value;
};

const quote = JSON.stringify;

const functions: Record<string, (...args: Value[]) => Value> = {
  // A key that there is not is the empty string here, not "no value": the maps hold strings.
  index: (map, ...keys) =>
    keys.reduce((inner, key) => {
      if (typeof inner !== 'object') throw new Error(`at <index>: can't index item of ${quote(shown(inner))}`);
      return (isList(inner) ? inner[number(key)] : inner[shown(key)]) ?? '';
    }, map),
  eq: (first, ...others) => others.some((o) => o === first),
  ne: (a, b) => a !== b,
  lt: (a, b) => number(a) < number(b),
  le: (a, b) => number(a) <= number(b),
  gt: (a, b) => number(a) > number(b),
  ge: (a, b) => number(a) >= number(b),
  js: (...args) => escapeJs(args.map(shown).join('')),
  and: (...args) => args.find((a) => !truthy(a)) ?? args.at(-1),
  or: (...args) => args.find(truthy) ?? args.at(-1),
  not: (value) => !truthy(value),
  len: (value) => (typeof value === 'object' ? Object.keys(value).length : shown(value).length),
  print: (...args) => args.map(shown).join(''),
  printf(format, ...args) {
    let used = 0;
    return shown(format).replace(/%([svdq%])/g, (_, verb: string) => {
      if (verb === '%') return '%';
      const text = shown(args[used++]);
      return verb === 'q' ? quote(text) : text;
    });
  },
};

const token = /\s*(?:("(?:\\.|[^"\\])*")|`([^`]*)`|([()|])|(\$?(?:\.\w+)+|\$|\.)|(-?\d+)|(\w+))/y;

/** The expression inside an action. Throws what is not understood of it. */
export function compilePipeline(source: string): Expression {
  token.lastIndex = 0;
  let at = 0;
  const peek = (): RegExpExecArray | undefined => {
    token.lastIndex = at;
    return token.exec(source) ?? undefined;
  };
  const done = () => source.slice(at).trim() === '';
  const stop = (): never => {
    throw new Error(`{{${source}}} is not understood; fields, strings, parentheses, | and ${Object.keys(functions).join(', ')} are`);
  };
  const take = (text: string): boolean => {
    const found = peek();
    if (found?.[3] !== text) return false;
    at = token.lastIndex;
    return true;
  };

  /** One value; undefined where none follows. */
  function operand(): Expression | undefined {
    if (take('(')) {
      const inner = pipeline();
      return take(')') ? inner : stop();
    }
    const found = peek();
    if (!found || found[3]) return undefined;
    at = token.lastIndex;
    const [, text, raw, , path, number, word] = found;
    if (text !== undefined) {
      const value = JSON.parse(text) as string;
      return () => value;
    }
    if (raw !== undefined) return () => raw;
    if (path !== undefined) return field(path);
    if (number !== undefined) return () => Number(number);
    if (word === 'true' || word === 'false') return () => word === 'true';
    return call(word ?? '', []);
  }

  /** A function with what follows it, and with what is piped into it. */
  function call(name: string, piped: Expression[]): Expression {
    const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!run) throw new Error(`function ${quote(name)} not defined`);
    const args: Expression[] = [];
    for (let next = operand(); next; next = operand()) args.push(next);
    const all = [...args, ...piped];
    return (scope) => run(...all.map((a) => a(scope)));
  }

  /** A path with what follows it: its last name is a method then. There is one, `Get` of headers. */
  function method(path: Expression): Expression {
    const args: Expression[] = [];
    for (let next = operand(); next; next = operand()) args.push(next);
    if (args.length === 0) return path;
    return (scope) => {
      const run = path(scope);
      if (typeof run !== 'function') throw new Error(`at <${source}>: it has arguments but is not a method`);
      return run(...args.map((a) => a(scope)));
    };
  }

  function pipeline(): Expression {
    const takesArguments = peek()?.[4]?.endsWith('.Get');
    let value = operand() ?? stop();
    if (takesArguments) value = method(value);
    while (take('|')) {
      const name = peek()?.[6] ?? stop();
      at = token.lastIndex;
      value = call(name, [value]);
    }
    return value;
  }

  const value = pipeline();
  return done() ? value : stop();
}

/** `.`, `$`, `.A.B` or `$.A.B`. What is not in the data at all is a mistake; a key that a map has not is no value. */
function field(path: string): Expression {
  const fromRoot = path.startsWith('$');
  const names = path
    .slice(fromRoot ? 1 : 0)
    .split('.')
    .filter(Boolean);
  return ({ dot, root }) =>
    names.reduce<Value>(
      (value, name, i) => {
        const known = typeof value === 'object' && !isList(value);
        if (i === 0 && (!known || (value === root && !(name in root)))) throw new Error(`at <${path}>: can't evaluate field ${name}`);
        return known ? value[name] : undefined;
      },
      fromRoot ? root : dot,
    );
}
