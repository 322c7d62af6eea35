import { headers, userAgents } from '../api/headers.ts';
import type { Exchange } from './handler.ts';

/** A probe of a kubelet, or of Knative (contract data-plane 0.1). */
export const isProbe = ({ req }: Exchange): boolean =>
  req.header('user-agent').startsWith(userAgents.kubeletPrefix) ||
  req.header(headers.kubeletProbe) !== '' ||
  req.header(headers.probe) !== '';
