import { crashed } from './ask.ts';
import type { Difference } from './compare.ts';

/** A difference that stays, and why. */
interface Kept {
  reason: string;
  fits(d: Difference): boolean;
}

/** Whether the texts are the same but for lines in which the peer prints what is inside its own memory. */
function sameButFor(inside: RegExp, { expected, ours }: Difference): boolean {
  const [there, here] = [expected.split('\n'), ours.split('\n')];
  return there.length === here.length && there.every((line, i) => line === here[i] || inside.test(line)) && inside.test(expected);
}

const told = (pattern: RegExp) => (d: Difference) => d.what === 'text' && pattern.test(d.expected);
const of = (id: RegExp) => (d: Difference) => id.test(d.id);

/** The first that fits a difference explains it. */
export const kept: readonly Kept[] = [
  { reason: 'the peer crashes and closes the connection; Ebb answers', fits: (d) => d.expected === crashed },
  {
    reason: 'texts of a change: the peer prints the address of a number or boolean and the inside of a quantity; Ebb prints the value',
    fits: (d) => d.what === 'text' && sameButFor(/"0x…"|\{i:\{value:/, d),
  },
  {
    reason: 'of a status only what was written is stored: no time of null, no empty names',
    fits: (d) =>
      d.what === 'stored' && / status /.test(d.id) && /"path":"\/status\//.test(d.expected) && !/"(spec|metadata)/.test(d.expected),
  },
  {
    reason: 'a value of a wrong type: the same refusal, but Go names its own types, and of several such values another may be told',
    fits: told(/^mutation failed: cannot decode incoming new object: json: cannot unmarshal/),
  },
  {
    reason: "YAML within a config map: the same refusal in other words, as those of the peer are its parser's",
    fits: told(/error unmarshaling JSON|error converting YAML to JSON/),
  },
  {
    reason: 'templates: the same refusal without the column and the name of a Go type',
    fits: told(/template: [\w-]+:\d+:\d+: executing "[\w-]+" at <.*>: can't evaluate field/),
  },
  { reason: '`range` is no part of the templates Ebb reads', fits: of(/"domain-template":"\{\{range /) },
  { reason: 'NaN is no setting: the peer takes it and computes with it', fits: (d) => d.expected === 'accepted' && /:"NaN"\}$/.test(d.id) },
  { reason: 'a tab alone is nothing, as a blank is; the peer refuses it', fits: of(/^config-domain \{"example\.com":"\\t"\}$/) },
  {
    reason: 'of several keys that cannot be read another one is told',
    fits: of(/^config-autoscaler \{"stable-window":"x","max-scale-up-rate":"x","initial-scale":"x"\}$/),
  },
  { reason: 'the peer leaves out the value where it has the older spelling', fits: of(/^config-network \{"httpProtocol":"x"\}$/) },
  { reason: 'whole seconds of 292 years: Ebb counts in milliseconds', fits: of(/"9223372036854775807ns"$/) },
  { reason: 'a sum beyond 2^53 is not exact', fits: (d) => d.what === 'text' && /Traffic targets sum to \d{16}/.test(d.expected) },
];
