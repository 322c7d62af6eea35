import { compilePipeline, type Scope, shown, type TemplateData, truthy } from './go-pipeline.ts';

export { asText, type TemplateData, type Value } from './go-pipeline.ts';

/** A compiled template. Throws where Go's execution fails: a field that there is not, a bad argument. */
export type Template = (data: TemplateData) => string;

type Render = (scope: Scope) => string;

interface Piece {
  /** What stands between actions, or inside of one. */
  action: boolean;
  text: string;
  line: number;
}

/**
 * Go text/template, as far as the templates of config maps use it: fields, strings, pipelines and parentheses, `index`,
 * comparisons, `and`, `or`, `not`, `len`, `print`, `printf`, `js`, methods; `if`, `else if`, `with`, `end`; comments; `-` trimming.
 * Parsed once. Throws what is wrong with the template of this name, and on which line.
 */
export function compileTemplate(name: string, text: string): Template {
  const fail = (line: number, message: string): never => {
    throw new Error(`template: ${name}:${line}: ${message}`);
  };
  const pieces = split(text, fail);
  let next = 0;

  const pipeline = (source: string, line: number) => {
    try {
      return compilePipeline(source);
    } catch (error) {
      return fail(line, (error as Error).message);
    }
  };

  /** Up to `{{end}}` or `{{else …}}` of the block it is in; on the outside, up to the end of the text. */
  function list(inside: boolean): { render: Render; closedBy: Piece | undefined } {
    const parts: Render[] = [];
    const render: Render = (scope) => parts.map((p) => p(scope)).join('');
    for (;;) {
      const piece = pieces[next++];
      if (!piece) {
        if (inside) fail(pieces.at(-1)?.line ?? 1, 'unexpected EOF');
        return { render, closedBy: undefined };
      }
      const closes = piece.action && /^(end|else\b.*)$/s.test(piece.text);
      if (closes && !inside) fail(piece.line, `unexpected {{${piece.text}}}`);
      if (closes) return { render, closedBy: piece };
      parts.push(part(piece));
    }
  }

  function part(piece: Piece): Render {
    const { action, text: source, line } = piece;
    if (!action) return () => source;
    if (source === '') return () => '';
    if (/^(if|with)\s/.test(source)) return block(piece);
    if (/^(range|define|template|block|break|continue)\b/.test(source)) {
      fail(line, `{{${source}}} is not understood; fields, functions, if, with, else and end are`);
    }
    const value = pipeline(source, line);
    return (scope) => shown(value(scope));
  }

  function block({ text: source, line }: Piece): Render {
    const [, keyword = '', condition = ''] = /^(\w+)\s+(.*)$/s.exec(source) ?? [];
    const value = pipeline(condition, line);
    const then = list(true);
    const otherwise = rest(then.closedBy);
    return (scope) => {
      const found = value(scope);
      if (!truthy(found)) return otherwise(scope);
      return then.render(keyword === 'with' ? { ...scope, dot: found } : scope);
    };
  }

  /** What follows the first branch. */
  function rest(closedBy: Piece | undefined): Render {
    const chained = /^else\s+((if|with)\s.*)$/s.exec(closedBy?.text ?? '');
    if (closedBy && chained?.[1]) return block({ ...closedBy, text: chained[1] });
    if (closedBy?.text !== 'else') return () => '';
    const last = list(true);
    if (last.closedBy?.text !== 'end') fail(last.closedBy?.line ?? 1, `unexpected {{${last.closedBy?.text}}}`);
    return last.render;
  }

  const { render } = list(false);
  return (data) => {
    try {
      return render({ dot: data, root: data });
    } catch (error) {
      throw new Error(`template: ${name}: executing ${JSON.stringify(name)} ${(error as Error).message}`);
    }
  };
}

/** Text and actions in turn, trimmed where an action says so. */
function split(text: string, fail: (line: number, message: string) => never): Piece[] {
  const pieces: Piece[] = [];
  let trim = false;
  let at = 0;
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  const push = (piece: string, end: boolean, line: number) => {
    const left = trim ? piece.trimStart() : piece;
    pieces.push({ action: false, text: end ? left.trimEnd() : left, line });
  };
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    // An action ends at the first braces outside of its strings and its comment.
    const action = /^\{\{(-\s)?\s*(\/\*.*?\*\/|(?:"(?:\\.|[^"\\])*"|`[^`]*`|(?!\}\})[^"`])*?)\s*(\s-)?\}\}/s.exec(text.slice(open));
    if (!action) return fail(lineAt(open), 'unclosed action');
    const [whole, before, source = '', after] = action;
    push(text.slice(at, open), before !== undefined, lineAt(at));
    pieces.push({ action: true, text: source.startsWith('/*') ? '' : source, line: lineAt(open) });
    trim = after !== undefined;
    at = open + whole.length;
  }
  push(text.slice(at), false, lineAt(at));
  return pieces;
}

/** Compiles and renders in one go: for templates that are used once. */
export function renderTemplate(template: string, data: TemplateData): string {
  return compileTemplate('template', template)(data);
}
