// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is read here.
/** Finds the texts of errors in sources, so that the page of them cannot tell of one that is no more. */

/** Where the bracket that opens at `from` closes, over strings and templates. */
function closing(source: string, from: number): number {
  const pairs: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
  const stack: string[] = [];
  for (let i = from; i < source.length; i++) {
    const c = source[i] ?? '';
    if (c === "'" || c === '"') {
      for (i++; i < source.length && source[i] !== c; i++) if (source[i] === '\\') i++;
    } else if (c === '`') i = endOfTemplate(source, i);
    else if (c in pairs) stack.push(pairs[c] ?? '');
    else if (c === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return i;
    }
  }
  return source.length;
}

function endOfTemplate(source: string, from: number): number {
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '`') return i;
    else if (source.startsWith('${', i)) i = closing(source, i + 1);
  }
  return source.length;
}

/** The arguments of the call whose bracket opens at `from`, as they are written. */
export function argumentsAt(source: string, from: number): string[] {
  const end = closing(source, from);
  const out: string[] = [];
  let start = from + 1;
  for (let i = start; i < end; i++) {
    const c = source[i] ?? '';
    if (c === "'" || c === '"') {
      for (i++; i < end && source[i] !== c; i++) if (source[i] === '\\') i++;
    } else if (c === '`') i = endOfTemplate(source, i);
    else if ('([{'.includes(c)) i = closing(source, i);
    else if (c === ',') {
      out.push(source.slice(start, i).trim());
      start = i + 1;
    }
  }
  out.push(source.slice(start, end).trim());
  return out.filter(Boolean);
}

/** What stands for a value: the name it has in the code, without what is done to it for printing. */
const placeholder = (expression: string): string => {
  const inner = /^(?:goList|quoted|JSON\.stringify|formatDuration|formatFloat|[df])\((.*)\)$/s.exec(expression)?.[1] ?? expression;
  // Of `host.slice(1)` the host, of `c.stableWindowMs` the window.
  const name =
    inner
      .replace(/\.\w+\(.*$/s, '')
      .replace(/\.length$/, '')
      .match(/[A-Za-z_]\w*/g)
      ?.at(-1) ?? 'value';
  return `<${name.replace(/Ms$/, '')}>`;
};

/** A string or template literal as a text with `<placeholders>`; undefined: it is something else. */
export function textOf(literal: string): string | undefined {
  if (/^'(?:[^'\\]|\\.)*'$/s.test(literal) || /^"(?:[^"\\]|\\.)*"$/s.test(literal)) return literal.slice(1, -1).replace(/\\(.)/g, '$1');
  if (!literal.startsWith('`') || endOfTemplate(literal, 0) !== literal.length - 1) return undefined;
  let out = '';
  for (let i = 1; i < literal.length - 1; i++) {
    if (literal.startsWith('${', i)) {
      const end = closing(literal, i + 1);
      const quotes = /^(?:quoted|JSON\.stringify)\(/.test(literal.slice(i + 2));
      const mark = placeholder(literal.slice(i + 2, end));
      out += quotes ? `"${mark}"` : mark;
      i = end;
    } else out += literal[i];
  }
  return out;
}
