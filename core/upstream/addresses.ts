import { BlockList, isIP } from 'node:net'

/**
 * Networks that are no place on the public internet. Source: the IANA registries of special-purpose addresses
 * (iana.org/assignments/iana-ipv4-special-registry, …-ipv6-special-registry) and of multicast; also those entries that are
 * globally routed (anycast relays, AS112), since no vendor keeps an image there.
 */
const specialNetworks = [
  ['0.0.0.0', 8], // this host on this network, RFC 791
  ['10.0.0.0', 8], // private use, RFC 1918
  ['100.64.0.0', 10], // carrier-grade NAT, RFC 6598; Alibaba's metadata service is in it
  ['127.0.0.0', 8], // loopback, RFC 1122
  ['169.254.0.0', 16], // link local, RFC 3927; the metadata service of most clouds
  ['172.16.0.0', 12], // private use, RFC 1918
  ['192.0.0.0', 24], // protocol assignments, RFC 6890
  ['192.0.2.0', 24], // documentation, RFC 5737
  ['192.31.196.0', 24], // AS112, RFC 7535
  ['192.52.193.0', 24], // AMT, RFC 7450
  ['192.88.99.0', 24], // 6to4 relay anycast, RFC 7526
  ['192.168.0.0', 16], // private use, RFC 1918
  ['192.175.48.0', 24], // AS112, RFC 7534
  ['198.18.0.0', 15], // benchmarking, RFC 2544
  ['198.51.100.0', 24], // documentation, RFC 5737
  ['203.0.113.0', 24], // documentation, RFC 5737
  ['224.0.0.0', 4], // multicast, RFC 5771
  ['240.0.0.0', 4], // reserved, RFC 1112, and limited broadcast
  ['168.63.129.16', 32], // in no registry: Azure's platform service, public by number and internal by use
  // Only what lies in 2000::/3, the space of global unicast: the rest (loopback, mapped IPv4, NAT64, link and unique local,
  // multicast, 5f00::/16) is refused as a whole.
  ['2001::', 23], // protocol assignments, RFC 2928: Teredo, benchmarking, AMT, AS112, ORCHID, DETs
  ['2001:db8::', 32], // documentation, RFC 3849
  ['2002::', 16], // 6to4, RFC 3056: leads to any IPv4 address
  ['2620:4f:8000::', 48], // AS112, RFC 7534
  ['3fff::', 20] // documentation, RFC 9637
] as const

let lists: { readonly special: BlockList, readonly globalUnicast: BlockList } | undefined

/** Built with the first question: not every service ever asks one. */
function networks () {
  if (lists !== undefined) return lists
  const special = new BlockList()
  for (const [network, prefix] of specialNetworks) special.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4')
  const globalUnicast = new BlockList()
  globalUnicast.addSubnet('2000::', 3, 'ipv6')
  lists = { special, globalUnicast }
  return lists
}

/**
 * Is this a unicast address of the public internet? Takes IPv4 in dotted decimal and IPv6 in any notation, without brackets;
 * everything else, an address with a zone included, is none.
 */
export function isPublicAddress (address: string): boolean {
  if (address.includes('%')) return false
  const { special, globalUnicast } = networks()
  switch (isIP(address)) {
    case 4: return !special.check(address, 'ipv4')
    case 6: return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6')
    default: return false
  }
}
