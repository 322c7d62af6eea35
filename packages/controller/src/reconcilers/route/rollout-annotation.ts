import type { ConfigurationRollout, Rollout, Step } from './rollout.ts';

/** The names of the step's fields in the annotation. */
const stepFields = [
  ['startTime', 'starttime'],
  ['nextTime', 'nextStepTime'],
  ['duration', 'stepDuration'],
  ['size', 'stepSize'],
] as const satisfies readonly (readonly [keyof Step, string])[];

/** The value of `networking.internal.knative.dev/rollout` (contract control-plane 7.5.6): fields that are zero or empty are left out. */
export function formatRollout({ configurations }: Rollout): string {
  const one = (c: ConfigurationRollout): string => {
    const { configurationName, tag, percent, revisions } = c;
    const head = JSON.stringify({ configurationName, ...(tag ? { tag } : {}), percent, ...(revisions.length ? { revisions } : {}) });
    // By hand: JSON.stringify takes no bigint.
    const step = stepFields.flatMap(([field, name]) => (c.step[field] ? [`"${name}":${c.step[field]}`] : []));
    return `${head.slice(0, -1)},"stepParams":{${step.join(',')}}}`;
  };
  return configurations.length ? `{"configurations":[${configurations.map(one).join(',')}]}` : '{}';
}

type Written = Omit<ConfigurationRollout, 'step'> & { stepParams?: Record<string, number | bigint> };

/** Reads the annotation. Undefined for what is absent, broken or does not add up: a rollout is not worth a failure. */
export function parseRollout(text: string | undefined): Rollout | undefined {
  if (!text) return undefined;
  try {
    // The source of a number, not the number: nanoseconds do not fit one.
    const times = (key: string, value: unknown, context?: { source?: string }) =>
      /^(starttime|nextStepTime|stepDuration)$/.test(key) ? BigInt(context?.source ?? '') : value;
    const { configurations = [] } = JSON.parse(text, times) as { configurations?: Written[] };
    const rollout = { configurations: configurations.map(read) };
    return rollout.configurations.every(addsUp) ? rollout : undefined;
  } catch {
    return undefined;
  }
}

function read({ configurationName, tag = '', percent = 0, revisions = [], stepParams = {} }: Written): ConfigurationRollout {
  const step = Object.fromEntries(stepFields.flatMap(([field, name]) => (stepParams[name] ? [[field, stepParams[name]]] : [])));
  return { configurationName, tag, percent, revisions: revisions.map((r) => ({ ...r, percent: r.percent ?? 0 })), step };
}

function addsUp({ percent, revisions, step }: ConfigurationRollout): boolean {
  const size = step.size ?? 0;
  return percent <= 100 && size >= 0 && size <= percent && revisions.reduce((sum, r) => sum + r.percent, 0) === percent;
}
