import { type Reading, readRows, row } from './row.ts';

/** config-leader-election (contract control-plane 6.5). */
export const leaderElectionRows = {
  leaseDurationMs: row.duration('lease-duration', '60s', 'How long a lease is good for without renewal.', ['leaseDuration']),
  renewDeadlineMs: row.duration('renew-deadline', '40s', 'How long a holder tries to renew before it gives up.', ['renewDeadline']),
  retryPeriodMs: row.duration('retry-period', '10s', 'How often a lease is looked at.', ['retryPeriod']),
  buckets: row.uint32('buckets', '1', 'Into how many parts the keys are split, 1 to 10; each part has its own leader.'),
};
export interface LeaderElectionConfig extends Reading<typeof leaderElectionRows> {
  /** `<component>.<queue>` → what its leases are called instead, from `map-lease-prefix.<component>.<queue>`. */
  prefixes: Record<string, string>;
}
const leasePrefix = 'map-lease-prefix.';

/** Parses and bounds config-leader-election; throws the contract's texts. */
export function parseLeaderElection(data: Record<string, string>): LeaderElectionConfig {
  const c = readRows(leaderElectionRows, data);
  if (c.buckets < 1 || c.buckets > 10) throw new Error(`buckets: value must be between 1 <= ${c.buckets} <= 10`);
  const prefixes = Object.entries(data).filter(([key]) => key.startsWith(leasePrefix) && key !== leasePrefix);
  return { ...c, prefixes: Object.fromEntries(prefixes.map(([key, value]) => [key.slice(leasePrefix.length), value])) };
}
