import type { Replay } from './replay.ts';

const width = 960;
const panel = 200;
const left = 60;
const gap = 50;
const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => escapes[c] ?? c);
const n = (value: number): string => String(Math.round(value * 10) / 10);

/** A number at or a little above `max` that is good to read: 1, 2 or 5 times a power of ten. */
export function niceTop(max: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(max, 1)));
  return [1, 2, 5, 10].map((f) => f * power).find((v) => v >= max) ?? max;
}

interface Line {
  label: string;
  color: string;
  values: readonly number[];
  filled?: true;
}

/** One panel: its lines over time as steps, a scale and a legend. */
function drawPanel(top: number, title: string, lines: readonly Line[], seconds: number): string {
  const max = niceTop(Math.max(...lines.flatMap((l) => l.values)));
  const x = (second: number) => left + (second / seconds) * (width - left - 20);
  const y = (value: number) => top + panel - (value / max) * panel;
  const out = [`<text x="${left}" y="${top - 12}" class="t">${escaped(title)}</text>`];
  for (const share of [0, 0.5, 1]) {
    const at = n(y(max * share));
    out.push(
      `<path d="M${left} ${at}H${width - 20}" class="g"/><text x="${left - 8}" y="${at}" dy="4" text-anchor="end">${n(max * share)}</text>`,
    );
  }
  for (const { color, values, filled } of lines) {
    const steps = values.map((value, second) => `${second === 0 ? 'M' : 'L'}${n(x(second))} ${n(y(value))}H${n(x(second + 1))}`).join('');
    const area = filled ? `V${n(y(0))}H${left}Z" fill="${color}" fill-opacity=".25` : '" fill="none';
    out.push(`<path d="${steps}${area}" stroke="${color}" stroke-width="1.5"/>`);
  }
  lines.forEach(({ label, color }, i) => {
    const at = width - 20 - (lines.length - i) * 150;
    out.push(
      `<rect x="${at}" y="${top - 22}" width="12" height="12" fill="${color}"/><text x="${at + 18}" y="${top - 12}">${escaped(label)}</text>`,
    );
  });
  return out.join('\n');
}

/** A replay as a picture: load beside the room for it, pods, and a mark at each decision that tells why (hover). */
export function svg({ moments, metric }: Replay, title: string): string {
  const seconds = moments.length;
  const second = 60 + panel + gap;
  const bottom = second + panel;
  const x = (at: number) => n(left + (at / seconds) * (width - left - 20));
  const load = drawPanel(
    60,
    metric,
    [
      { label: 'load', color: '#2563eb', values: moments.map((m) => m[metric]), filled: true },
      { label: 'target of ready pods', color: '#d97706', values: moments.map((m) => m.readyPods * m.target) },
    ],
    seconds,
  );
  const pods = drawPanel(
    second,
    'pods',
    [
      { label: 'ready', color: '#059669', values: moments.map((m) => m.readyPods), filled: true },
      { label: 'replicas', color: '#7c3aed', values: moments.map((m) => m.replicas) },
    ],
    seconds,
  );
  const panics = moments
    .filter((m) => m.panicking)
    .map((m) => `<rect x="${x(m.second)}" y="${bottom + 4}" width="${n((width - left - 20) / seconds + 0.1)}" height="5" fill="#dc2626"/>`);
  const marks = moments.flatMap((m) =>
    m.decisions.map(
      (text) =>
        `<circle cx="${x(m.second)}" cy="${bottom + 18}" r="4" fill="#111827"><title>${m.second} s: ${escaped(text)}</title></circle>`,
    ),
  );
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => `<text x="${x(seconds * share)}" y="${bottom + 42}" text-anchor="middle">${Math.round(seconds * share)} s</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 60}" role="img">
<title>${escaped(title)}</title>
<style>text{font:12px sans-serif;fill:#374151}.t{font-weight:bold}.g{stroke:#d1d5db;fill:none}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="24" style="font-size:15px">${escaped(title)}</text>
${load}
${pods}
${panics.join('')}
<text x="${left - 8}" y="${bottom + 10}" text-anchor="end">panic</text><text x="${left - 8}" y="${bottom + 23}" text-anchor="end">decisions</text>
${marks.join('\n')}
${times.join('')}
</svg>
`;
}
