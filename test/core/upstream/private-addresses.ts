/** Hosts that lead to 127.0.0.1 or ::1, in every spelling that a URL takes. */
export const loopbackHosts = [
  '127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '0x7f.0.0.1', '0x7f.0x0.0x0.0x1', '0X7F.0.0.1', '0x7f.0.1', '0x00007f.1', '017700000001', '0177.0.0.1',
  '0177.0.0.01', '0177.1', '00177.0.0.1', '0177.0.1', '127.0.0.0x1', '127.0x0.0.1', '①②⑦.0.0.1', '①②⑦.⓪.⓪.①', '１２７.０.０.１', '127。0。0。1', '127．0．0．1',
  '127｡0｡0｡1', '%31%32%37.0.0.1', '127%2e0%2e0%2e1', '127.0.0.1.', '127.1.', '2130706433.', '0x7f.1.', '𝟏𝟐𝟕.𝟎.𝟎.𝟏', '１２７。１', '²¹³⁰⁷⁰⁶⁴³³', '127.0.0.%31',
  '0.0.0.0', '0', '0x0', '00', '0.0', '0.0.0.0.', '127.0.0.2', '127.127.127.127', '127.255.255.254', '2147483646',
  '[::1]', '[::0001]', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]', '[::]', '[0::0]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:7F00:0001]',
  '[0:0:0:0:0:ffff:127.0.0.1]', '[0:0:0:0:0:ffff:7f00:1]', '[::ffff:127.1.2.3]', '[::ffff:0.0.0.0]',
  'localhost', 'LOCALHOST', 'ｌｏｃａｌｈｏｓｔ', 'loc%61lhost', 'l\tocalhost', '127.0.\n0.1'
] as const

/** Hosts that lead to other places which are not of the public internet. */
export const privateHosts = [
  // Private use, carriers, this network
  '10.0.0.1', '10.255.255.255', '167772161', '0x0a000001', '012.1', '10.1', '172.16.0.1', '172.31.255.255', '2886729729', '0xac.0x10.0.1', '192.168.0.1', '192.168.1', '3232235521',
  '0300.0250.0.1', '１９２.１６８.０.１', '100.64.0.1', '100.127.255.254', '100.100.100.200', '0.1.2.3',
  // Link local, metadata services
  '169.254.169.254', '169.254.43518', '2852039166', '0xa9fea9fe', '0xa9.0xfe.0xa9.0xfe', '0251.0376.0251.0376', '025177524776', '①⑥⑨.②⑤④.①⑥⑨.②⑤④', '169。254。169。254', '169.254.169.254.',
  '%31%36%39.254.169.254', '169.254.170.2', '169.254.0.1', '192.0.0.192', '168.63.129.16', '[fd00:ec2::254]', '[fe80::a9fe:a9fe]', '[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]',
  // Documentation, benchmarks, relays, multicast, reserved, broadcast
  '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '198.19.255.255', '192.88.99.1', '192.31.196.1', '192.52.193.1', '192.175.48.1', '224.0.0.1', '239.255.255.250', '3758096385',
  '240.0.0.1', '255.255.255.255', '4294967295', '0xffffffff', '037777777777',
  // IPv6: unique and link local, multicast, documentation
  '[fc00::1]', '[fd00::1]', '[fdff:ffff::1]', '[fe80::1]', '[febf::1]', '[fec0::1]', '[ff02::1]', '[ff05::1:3]', '[2001:db8::1]', '[3fff::1]', '[100::1]', '[5f00::1]',
  // IPv6: what leads on to IPv4: compatible, mapped, translated, NAT64, 6to4, Teredo, ISATAP
  '[::127.0.0.1]', '[::7f00:1]', '[::10.0.0.1]', '[::ffff:10.0.0.1]', '[::ffff:192.168.0.1]', '[::ffff:0:127.0.0.1]', '[::ffff:8.8.8.8]', '[64:ff9b::7f00:1]', '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2002:a9fe:a9fe::]', '[2002:a00:1::1]', '[2001:0:7f00:1::]', '[2001::1]', '[2001:10::1]', '[2001:20::1]', '[fe80::5efe:7f00:1]', '[2620:4f:8000::1]'
] as const

/** Texts that are no address of a picture at all; PORT is the canary's. */
export const noAddresses = [
  '', ' ', 'picture.png', '/etc/passwd', './a', '//127.0.0.1:PORT/', '127.0.0.1:PORT', 'https://', 'https:///', 'https://:443/', 'https://.../', 'https://1.2.3.4.5/', 'https://256.0.0.1/', 'https://0x100000000/',
  'https://[fe80::1%25eth0]:PORT/', 'https://[fe80::1%eth0]/', 'https://[::1%25lo]:PORT/', 'https://[::1]%25lo/', 'https://[127.0.0.1]:PORT/', 'https://[::1', 'https://127.0.0.1:99999/', 'https://127.0.0.1:-1/',
  'file:///etc/passwd', 'file://127.0.0.1:PORT/a', 'ftp://127.0.0.1:PORT/', 'gopher://127.0.0.1:PORT/_GET', 'dict://127.0.0.1:PORT/', 'ldap://127.0.0.1:PORT/', 'ws://127.0.0.1:PORT/', 'wss://127.0.0.1:PORT/',
  'data:image/png;base64,iVBORw0KGgo=', 'blob:https://127.0.0.1:PORT/1', 'javascript:alert(1)', 'about:blank', 'jar:http://127.0.0.1:PORT/!/', 'view-source:http://127.0.0.1:PORT/', 'urn:x', 'unix:/var/run/docker.sock',
  'http+unix://%2Fvar%2Frun%2Fdocker.sock/', 'https+insecure://127.0.0.1:PORT/', 'http:\\\\127.0.0.1:PORT\\', 'http:127.0.0.1:PORT', 'https:127.0.0.1', 'https:\\\\127.0.0.1\\', 'HTTPS://127.0.0.1:PORT/', ' https://127.0.0.1:PORT/ ',
  'https://cdn.example:8443/', 'https://cdn.example:PORT/', 'https://cdn.example:80/', 'https://cdn.example:22/', 'http://cdn.example/', 'http://cdn.example:443/', 'https://user@cdn.example/', 'https://user:pass@127.0.0.1:PORT/',
  'https://cdn.example@127.0.0.1:PORT/', 'https://cdn.example%40127.0.0.1:PORT/', 'https://cdn.example:443@127.0.0.1:PORT/', 'https://127.0.0.1:PORT#@cdn.example/', 'https://127.0.0.1:PORT?@cdn.example/',
  'https://127.0.0.1:PORT\\@cdn.example/', 'https://:@127.0.0.1/', 'https://%75ser@127.0.0.1:PORT/'
] as const

/** Each host at each place where it might be listened: over https, over http, at the canary's port, with a user, with a path. */
export function addressesAt (hosts: readonly string[], port: number): string[] {
  return hosts.flatMap(host => [`https://${host}/a.png?X-Signature=secret`, `http://${host}:${port}/`, `https://${host}:${port}/a.png`, `https://user:secret@${host}/`, `http://${host}/latest/meta-data/`])
}
