/** What a template may look at: nested plain values. */
export type TemplateData = { [key: string]: string | TemplateData | undefined };

/**
 * Go text/template, as far as domain, tag and container-name templates use it: `{{.Field.Sub}}`, `{{index .Map "key"}}`,
 * `{{if …}}`, `{{else}}`, `{{end}}` and `-` trimming. Throws a sentence that names the action that is not understood.
 */
export function renderTemplate(template: string, data: TemplateData): string {
  const parts = template.split(/(?:\s*\{\{-\s|\{\{)\s*(.*?)\s*(?:\s-\}\}\s*|\}\})/s);
  let out = '';
  const open: { taken: boolean; show: boolean }[] = [];
  const visible = () => open.every((b) => b.show);
  parts.forEach((part, i) => {
    if (i % 2 === 0) {
      if (part.includes('{{')) throw new Error('template: unclosed action');
      if (visible()) out += part;
      return;
    }
    if (part.startsWith('if ')) {
      const shown = Boolean(evaluate(part.slice(3), data));
      open.push({ taken: shown, show: shown });
    } else if (part === 'else') {
      const block = open.at(-1);
      if (!block) throw new Error('template: unexpected {{else}}');
      block.show = !block.taken;
    } else if (part === 'end') {
      if (!open.pop()) throw new Error('template: unexpected {{end}}');
    } else if (visible()) {
      const value = evaluate(part, data);
      out += typeof value === 'string' ? value : '';
    }
  });
  if (open.length > 0) throw new Error('template: unexpected EOF');
  return out;
}

function evaluate(expression: string, data: TemplateData): string | TemplateData | undefined {
  const index = /^index\s+(\.[\w.]*)\s+"([^"]*)"$/.exec(expression);
  if (index) {
    const map = field(index[1] ?? '.', data);
    return typeof map === 'object' ? (map[index[2] ?? ''] ?? '') : '';
  }
  if (/^\.[\w.]*$/.test(expression)) return field(expression, data);
  const text = /^"([^"]*)"$/.exec(expression);
  if (text) return text[1];
  throw new Error(`template: {{${expression}}} is not understood; fields, index, if, else and end are`);
}

function field(path: string, data: TemplateData): string | TemplateData | undefined {
  let value: string | TemplateData | undefined = data;
  for (const name of path.split('.').filter(Boolean)) {
    if (typeof value !== 'object') return undefined;
    if (value === data && !(name in data)) throw new Error(`template: can't evaluate field ${name}`);
    value = value[name];
  }
  return value;
}
