import { data, notInt, tryConfig } from '../testing/config-cases.ts';

tryConfig('config-gc', {
  accepted: [
    ['retain-since-create-time', '1h', { retainSinceCreateMs: 3_600_000 }],
    ['retain-since-create-time', 'Disabled', { retainSinceCreateMs: undefined }],
    ['retain-since-create-time', '', { retainSinceCreateMs: 48 * 3_600_000 }],
    ['retain-since-last-active-time', '0s', { retainSinceLastActiveMs: 0 }],
    ['min-non-active-revisions', '0', { minNonActiveRevisions: 0 }],
    ['max-non-active-revisions', '20', { maxNonActiveRevisions: 20 }],
    ['max-non-active-revisions', 'disabled', { maxNonActiveRevisions: undefined }],
  ],
  refused: [
    ['retain-since-create-time', 'x', 'failed to parse retain-since-create-time: time: invalid duration "x"'],
    ['retain-since-create-time', '-1s', 'failed to parse retain-since-create-time: must be non-negative'],
    ['retain-since-last-active-time', '-1s', 'failed to parse retain-since-last-active-time: must be non-negative'],
    ['min-non-active-revisions', 'x', data(notInt('min-non-active-revisions', 'x'))],
    ['min-non-active-revisions', '-1', 'min-non-active-revisions must be non-negative, was: -1'],
    ['min-non-active-revisions', '1001', 'min-non-active-revisions(1001) must be <= max-non-active-revisions(1000)'],
    ['max-non-active-revisions', '-1', 'failed to parse max-non-active-revisions: strconv.ParseUint: parsing "-1": invalid syntax'],
    ['max-non-active-revisions', '19', 'min-non-active-revisions(20) must be <= max-non-active-revisions(19)'],
  ],
});
