import { step } from '../../scripts/lib/progress.ts';
import { type Benchmark, UsageError } from '../lib/benchmark.ts';
import { round, table } from '../lib/stats.ts';
import { peerProgram } from '../lib/webhook-rig.ts';
import { capture } from './capture.ts';
import type { Difference } from './compare.ts';
import { writeFixtures } from './fixtures.ts';
import { replay } from './replay.ts';

const shown = 40;
const line = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text).replaceAll('\n', '⏎');

const described = ({ id, what, expected, ours }: Difference): string =>
  `${what}: ${line(id)}\n  expected ${line(expected)}\n  ours     ${line(ours)}`;

export const benchmark: Benchmark = {
  summary: 'what Ebb decides about manifests, beside what the Go webhook decided',
  help: '  --capture     ask the program PEER_WEBHOOK names first, and keep its answers',
  options: { capture: { type: 'boolean' } },
  async runAlone(signal, options) {
    if (options.capture) {
      const program = peerProgram();
      if (!program) throw new UsageError('--capture needs PEER_WEBHOOK: the path of a webhook of the Go original that you have built');
      await step('ask the peer', async () => writeFixtures(await capture(program, (t) => process.stderr.write(`  ${t}\n`), signal)));
    }
    const { total, agree, differences, stale } = await step('ask Ebb', () => replay(signal));
    const open = differences.filter((d) => !d.reason);
    const reasons = Map.groupBy(
      differences.filter((d) => d.reason),
      (d) => d.reason as string,
    );
    const text = [
      `${agree} of ${total} manifests: the same verdict, words, warnings and stored object (${round((100 * agree) / total, 2)} %)`,
      ...(stale.length ? [`${stale.length} were not captured as they are now: run with --capture`] : []),
      ...(reasons.size ? ['', table([['kept, and why', 'cases'], ...[...reasons].map(([r, list]) => [r, String(list.length)])])] : []),
      ...(open.length ? ['', `${open.length} differences to mend:`, ...open.slice(0, shown).map(described)] : []),
    ].join('\n');
    return {
      text,
      figures: { name: 'admission-differential', agree, total, ratio: { agree: agree / total }, stale: stale.length, differences },
    };
  },
};
