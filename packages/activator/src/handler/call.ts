import type { Revision } from '@ebb/shared/api/kinds.ts';
import type { Exchange, ProxyRequest } from '@ebb/shared/proxy/handler.ts';
import type { ActivatedRevision } from '../revisions/revision.ts';

/** An exchange whose revision is known. */
export interface Call extends Exchange {
  revision: Revision;
  activated: ActivatedRevision;
}

/** The value of a request header that is sent once; '' when it is absent. */
export function header(req: ProxyRequest, name: string): string {
  const value = req.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/** What the client calls the server: Host, or `:authority` in HTTP/2. */
export const hostOf = (req: ProxyRequest): string => header(req, 'host') || header(req, ':authority');
