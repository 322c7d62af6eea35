import { describe, expect, test } from 'vitest';
import { renderTemplate } from './go-template.ts';

const data = { Name: 'hello', Namespace: 'default', Domain: 'example.com', Tag: 'v1', Labels: { team: 'blue' }, Annotations: {} };

describe('renderTemplate', () => {
  test.each([
    ['{{.Name}}.{{.Namespace}}.{{.Domain}}', 'hello.default.example.com'],
    ['{{.Tag}}-{{.Name}}', 'v1-hello'],
    ['{{ .Name }}', 'hello'],
    ['{{.Labels.team}}.{{.Name}}', 'blue.hello'],
    ['{{index .Labels "team"}}', 'blue'],
    ['{{index .Annotations "sub"}}{{.Name}}', 'hello'],
    ['{{if .Labels.team}}{{.Labels.team}}{{else}}none{{end}}', 'blue'],
    ['{{if index .Annotations "sub"}}x{{else}}{{.Name}}{{end}}', 'hello'],
    ['{{if .Labels.team}}a{{if .Labels.none}}b{{else}}c{{end}}d{{end}}', 'acd'],
    ['{{if .Labels.none}}a{{if .Labels.team}}b{{else}}c{{end}}d{{end}}e', 'e'],
    ['{{"fixed"}}-{{.Name}}', 'fixed-hello'],
    ['user-container', 'user-container'],
  ])('renders %s', (template, text) => {
    expect(renderTemplate(template, data)).toBe(text);
  });

  test('trims the blanks beside a dash', () => {
    expect(renderTemplate('a \n{{- .Name -}}\n b', data)).toBe('ahellob');
    expect(renderTemplate('a {{.Name -}} b', data)).toBe('a hellob');
  });

  test('refuses a field that there is not', () => {
    expect(() => renderTemplate('{{.Nam}}', data)).toThrow("can't evaluate field Nam");
  });

  test.each(['{{end}}', '{{else}}', '{{if .Name}}x', '{{.Name', '{{.Name}.{{.Namespace}}', '{{printf "%s" .Name}}'])(
    'refuses %s',
    (template) => {
      expect(() => renderTemplate(template, data)).toThrow(/^template: /);
    },
  );
});
