import { BlockList, isIP } from 'node:net';

/** Addresses no pod has: nobody's, this host's, those of a link, groups. */
const special4 = new BlockList();
special4.addSubnet('0.0.0.0', 8);
special4.addSubnet('127.0.0.0', 8);
special4.addSubnet('169.254.0.0', 16);
special4.addSubnet('224.0.0.0', 3);

/** A list of its own: IPv4 addresses are compared with IPv6 rules as well. */
const special6 = new BlockList();
special6.addAddress('::', 'ipv6');
special6.addAddress('::1', 'ipv6');
special6.addSubnet('fe80::', 10, 'ipv6');
special6.addSubnet('ff00::', 8, 'ipv6');
// IPv4 in IPv6 would go round the rules for IPv4.
special6.addSubnet('::', 96, 'ipv6');
special6.addSubnet('::ffff:0:0', 96, 'ipv6');
special6.addSubnet('64:ff9b::', 96, 'ipv6');

/** Whether a pod may be there. Rejects everything but a plain IP address outside the special ranges. */
export function isPodAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special4.check(address);
  return family === 6 && !address.includes('%') && !special6.check(address, 'ipv6');
}
