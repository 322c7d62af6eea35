import type { KindName } from '@ebb/shared/api/kinds.ts';
import type { ConfigSet } from './config-sets.ts';
import type { Json } from './edit.ts';

/** One manifest and the way it comes: what both webhooks are asked. */
export interface Case {
  /** Unique; says what is odd about it. */
  id: string;
  /** The settings it meets. */
  config: ConfigSet;
  kind: KindName | 'ConfigMap' | 'Unknown';
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  subResource?: string;
  /** The requesting user, `alice` by default. */
  user?: string;
  /** What an update or deletion finds: created by alice, so it is stored with defaults. */
  before?: Json;
  /** What is sent, or how it follows from what is stored. */
  object?: Json | ((stored: Json) => Json);
  /** Sent as it is: without what the API server prunes and fills in before it asks a webhook. */
  raw?: true;
  /** Only validation is asked, as when defaulting is excluded: rules that defaults hide. */
  undefaulted?: true;
}

export const user = 'alice';
