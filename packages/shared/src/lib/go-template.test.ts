import { describe, expect, test } from 'vitest';
import { asText, compileTemplate, renderTemplate } from './go-template.ts';

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
    ['{{if .Labels.none}}a{{else if .Labels.team}}b{{else}}c{{end}}', 'b'],
    ['{{if eq .Namespace "prod"}}a{{else if eq .Namespace "x" "default"}}b{{end}}', 'b'],
    ['{{if and (eq .Namespace "default") (not .Labels.none)}}x{{else}}y{{end}}', 'x'],
    ['{{or .Labels.none .Name}}', 'hello'],
    ['{{with .Labels.team}}{{.}}-{{$.Name}}{{else}}none{{end}}', 'blue-hello'],
    ['{{with .Labels.none}}{{.}}{{else with .Labels.team}}{{.}}{{end}}', 'blue'],
    ['{{/* a }} comment */}}{{.Name}}', 'hello'],
    ['{{printf "%s-%s" .Name .Namespace}}', 'hello-default'],
    ['{{.Name | printf "%s-%s" .Tag}}', 'v1-hello'],
    ['{{if ne .Tag "v1"}}x{{end}}{{len .Labels}}', '1'],
    ['{{print "}}" `{{`}}', '}}{{'],
    ['{{index .Labels `team`}}', 'blue'],
    // As Go has it: loud, so that the name it makes is refused.
    ['{{.Labels.none}}', '<no value>'],
  ])('renders %s', (template, text) => {
    expect(renderTemplate(template, data)).toBe(text);
  });

  test.each([
    ['{{js .Text}}', `a\\"b\\'\\u003Cc\\u003E \\u0026d\\u003D1\\\\\\u000A`],
    ['{{.Latency}} {{.Small}} {{.Code}}', '0.0123 5e-05 200'],
    ['{{if ge .Code 500}}bad{{else if lt .Code 300}}good{{end}}', 'good'],
    ['{{if eq .Code 200}}ok{{end}}', 'ok'],
    ['{{.Header.Get "x-a"}}', 'got x-a'],
    ['{{.Header.Get "x-a" | printf "%q"}}', '"got x-a"'],
    ['{{index .Header "X-A"}} {{index .Header "X-A" 1}}', '[1 2] 2'],
    ['{{.Url}} {{.Url.Path}}', '/x?y /x'],
  ])('renders numbers, lists and methods: %s', (template, text) => {
    const more = {
      Text: `a"b'<c> &d=1\\\n`,
      Latency: 0.0123,
      Small: 0.00005,
      Code: 200,
      Header: { 'X-A': ['1', '2'], Get: (name?: unknown) => `got ${name}` },
      Url: { Path: '/x', [asText]: '/x?y' },
    };
    expect(renderTemplate(template, more)).toBe(text);
  });

  test('trims the blanks beside a dash', () => {
    expect(renderTemplate('a \n{{- .Name -}}\n b', data)).toBe('ahellob');
    expect(renderTemplate('a {{.Name -}} b', data)).toBe('a hellob');
  });

  test('a template is parsed once and rendered often', () => {
    const template = compileTemplate('tag-template', '{{.Tag}}-{{.Name}}');
    expect(template(data)).toBe('v1-hello');
    expect(template({ Tag: 'v2', Name: 'x' })).toBe('v2-x');
  });

  test('refuses a field that there is not', () => {
    const template = compileTemplate('domain-template', '{{.Name}}.{{.Nam}}');
    expect(() => template(data)).toThrow(`template: domain-template: executing "domain-template" at <.Nam>: can't evaluate field Nam`);
  });

  test.each([
    ['{{end}}', 'unexpected {{end}}'],
    ['{{else}}', 'unexpected {{else}}'],
    ['{{if .Name}}x', 'unexpected EOF'],
    ['{{if .Name}}x{{else}}y{{else}}z{{end}}', 'unexpected {{else}}'],
    ['{{.Name', 'unclosed action'],
    ['{{.Name}.{{.Namespace}}', '{{.Name}.{{.Namespace}} is not understood'],
    ['{{lower .Name}}', 'function "lower" not defined'],
    ['{{toString .Name}}', 'function "toString" not defined'],
    ['{{range .Labels}}x{{end}}', '{{range .Labels}} is not understood'],
    ['{{.Name .Tag}}', '{{.Name .Tag}} is not understood'],
    ['{{(.Name}}', '{{(.Name}} is not understood'],
    ['{{.Name |}}', '{{.Name |}} is not understood'],
  ])('refuses %s', (template, why) => {
    expect(() => compileTemplate('domain-template', `\n${template}`)).toThrow(`template: domain-template:2: ${why}`);
  });
});
