import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { replay } from '../packages/autoscaler/src/replay/replay.ts';
import { show } from '../packages/autoscaler/src/replay/show.ts';
import { svg } from '../packages/autoscaler/src/replay/svg.ts';
import { readTrace } from '../packages/autoscaler/src/replay/trace.ts';
import { annotations as known } from '../packages/shared/src/api/annotations.ts';
import { autoscalerRows } from '../packages/shared/src/config/autoscaler.ts';
import { parseDuration } from '../packages/shared/src/lib/duration.ts';

const help = `npm run replay -- <trace> [options]

Runs a trace of load through the autoscaler itself on a stepped clock, and shows what it would have decided.
<trace>: a file, or - for stdin. CSV with a header, or JSON lines; second (or time), and concurrency or rps or both:
  second,concurrency
  0,10
  60,400
A value holds until the next line. Traces to begin with: examples/traces.

  -a, --annotation KEY=VALUE      of the revision; the prefix autoscaling.knative.dev/ may be left out. Again for more
  -c, --config KEY=VALUE          a key of config-autoscaler. Again for more
      --container-concurrency N   of the revision (0: no limit)
      --latency DURATION          what a request takes, when the trace has only one of concurrency and rps
      --pod-start DURATION        from wanting a pod to its being ready (2s)
      --ready-pods N              pods at the start (0: as a new revision)
      --no-jumps                  decides every two seconds only, as the Go original does
      --tail DURATION             silence after the trace (2m)
      --all                       every second, not only changes
      --svg FILE                  draws it into a file as well
      --json                      one line of JSON on stdout, and nothing else
`;

class UsageError extends Error {}

/** KEY=VALUE options as an object; `rename` gives the whole key or throws. */
function pairs(values: readonly string[] = [], option: string, rename: (key: string) => string): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--${option} ${JSON.stringify(text)}: KEY=VALUE would be right`);
      return [rename(text.slice(0, at)), text.slice(at + 1)];
    }),
  );
}

const annotationKeys: readonly string[] = Object.values(known).flat();
const annotationKey = (key: string): string => {
  const whole = key.includes('/') ? key : `autoscaling.knative.dev/${key}`;
  if (annotationKeys.includes(whole)) return whole;
  const short = annotationKeys.filter((k) => k.startsWith('autoscaling.')).map((k) => k.split('/')[1]);
  throw new UsageError(`there is no annotation ${JSON.stringify(whole)}; one of ${short.join(', ')}`);
};
const configKey = (key: string): string => {
  const keys = Object.values(autoscalerRows).map((row) => row.key);
  if (keys.includes(key)) return key;
  throw new UsageError(`config-autoscaler has no key ${JSON.stringify(key)}; one of ${keys.join(', ')}`);
};

function whole(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new UsageError(`--${option} ${JSON.stringify(text)}: a whole number from 0 on`);
  return value;
}

function duration(text: string, option: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new UsageError(`--${option} ${JSON.stringify(text)}: a duration like 2s or 150ms`);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the trace: ${(error as Error).message}`);
  }
}

function main(): void {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      annotation: { type: 'string', short: 'a', multiple: true },
      config: { type: 'string', short: 'c', multiple: true },
      'container-concurrency': { ...text, default: '0' },
      latency: text,
      'pod-start': { ...text, default: '2s' },
      'ready-pods': { ...text, default: '0' },
      tail: { ...text, default: '2m' },
      'no-jumps': { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      svg: text,
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('one trace is needed; --help tells how');
  const trace = readTrace(read(file), values.latency === undefined ? undefined : duration(values.latency, 'latency'));
  const done = replay(
    trace,
    {
      annotations: pairs(values.annotation, 'annotation', annotationKey),
      config: pairs(values.config, 'config', configKey),
      containerConcurrency: whole(values['container-concurrency'], 'container-concurrency'),
      podStartMs: duration(values['pod-start'], 'pod-start'),
      jumps: !values['no-jumps'],
      readyPods: whole(values['ready-pods'], 'ready-pods'),
    },
    Math.ceil(duration(values.tail, 'tail') / 1000),
  );
  if (values.svg !== undefined) writeFileSync(values.svg, svg(done, [basename(file), ...(values.annotation ?? [])].join('  ')));
  console.log(values.json ? JSON.stringify(done) : show(done, process.stdout.columns ?? 100, values.all));
}

try {
  main();
} catch (error) {
  const { message, code } = error as Error & { code?: string };
  console.error(`ebb: ${message}`);
  process.exitCode = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') ? 64 : 1;
}
