import { notDuration, notInt, tryConfig } from '../testing/config-cases.ts';

tryConfig('config-leader-election', {
  accepted: [
    ['lease-duration', '15s', { leaseDurationMs: 15_000 }],
    ['renew-deadline', '10s', { renewDeadlineMs: 10_000 }],
    ['retry-period', '2s', { retryPeriodMs: 2_000 }],
    ['buckets', '10', { buckets: 10 }],
    ['map-lease-prefix.controller.example', 'other', { prefixes: { 'controller.example': 'other' } }],
  ],
  refused: [
    ['lease-duration', 'x', notDuration('lease-duration', 'x')],
    ['renew-deadline', 'x', notDuration('renew-deadline', 'x')],
    ['retryPeriod', 'x', notDuration('retryPeriod', 'x')],
    ['retry-period', 'x', notDuration('retry-period', 'x')],
    ['buckets', '0', 'buckets: value must be between 1 <= 0 <= 10'],
    ['buckets', '11', 'buckets: value must be between 1 <= 11 <= 10'],
    ['buckets', '-1', notInt('buckets', '-1', 'ParseUint')],
  ],
});
