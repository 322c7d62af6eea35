/**
 * The two ends of a capture, for whoever builds a driver around another autoscaler's core (benchmarks/README.md):
 *   node benchmarks/decision-differential/capture.ts inputs > shapes.json
 *   node benchmarks/decision-differential/capture.ts fixtures <peer> < decisions.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Captured, inputHash } from './index.ts';
import { pack } from './series.ts';
import { shapes } from './shapes.ts';

const [what, peer = ''] = process.argv.slice(2);
if (what === 'inputs') {
  console.log(JSON.stringify(shapes));
} else if (what === 'fixtures' && peer !== '') {
  const decisions = JSON.parse(readFileSync(0, 'utf8')) as Record<string, string[]>;
  const captured: Captured = { peer, shapes: {} };
  for (const shape of shapes) captured.shapes[shape.name] = { input: inputHash(shape), decisions: pack(decisions[shape.name] ?? []) };
  writeFileSync(new URL('decisions.json', import.meta.url), `${JSON.stringify(captured, undefined, 2)}\n`);
} else {
  console.error('usage: capture.ts inputs | fixtures <peer and its version>');
  process.exitCode = 64;
}
