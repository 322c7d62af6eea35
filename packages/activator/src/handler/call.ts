import type { Revision } from '@ebb/shared/api/kinds.ts';
import type { Exchange } from '@ebb/shared/proxy/handler.ts';
import type { ActivatedRevision } from '../revisions/revision.ts';

/** An exchange whose revision is known. */
export interface Call extends Exchange {
  revision: Revision;
  activated: ActivatedRevision;
}

/** Resolved: what a layer returns that has answered by itself. */
export const answered = Promise.resolve();
