import { BlockList, isIP } from 'node:net';

/** Addresses no pod has: this host's, those of a link, groups, and nobody's. */
const special = new BlockList();
special.addSubnet('0.0.0.0', 8);
special.addSubnet('127.0.0.0', 8);
special.addSubnet('169.254.0.0', 16);
special.addSubnet('224.0.0.0', 3);
special.addAddress('::', 'ipv6');
special.addAddress('::1', 'ipv6');
special.addSubnet('fe80::', 10, 'ipv6');
special.addSubnet('ff00::', 8, 'ipv6');
// IPv4 in IPv6 would go round the rules for IPv4.
special.addSubnet('::ffff:0:0', 96, 'ipv6');
special.addSubnet('64:ff9b::', 96, 'ipv6');

/** Whether a pod may be there. Rejects everything but a plain IP address outside the special ranges. */
export function isPodAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !address.includes('%') && !special.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
