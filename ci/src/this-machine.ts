// Addresses that mean "this machine" or "this cable" wherever they are used: in a container they lead to the container. Names
// that tools for local clusters write into kubeconfigs are among them.

/** Resolve to the machine itself, by /etc/hosts or by what a desktop's container tool adds to it. */
const NAMES = [
  'localhost',
  'localhost.localdomain',
  'localhost4',
  'localhost6',
  'ip6-localhost',
  'ip6-loopback',
  'broadcasthost',
];
/** `localhost` and everything under it [RFC 6761 6.3]; names for the host inside containers of one machine. */
const SUFFIXES = [
  '.localhost',
  '.localdomain',
  '.docker.internal',
  '.k3d.internal',
  '.minikube.internal',
  '.containers.internal',
  '.lima.internal',
  '.orb.internal',
  '.rancher-desktop.internal',
];

const HERE = 'a container cannot reach this machine at that address';
const ON_ONE_CABLE = 'a container cannot reach link-local addresses';

/**
 * Why a host can't be another machine; undefined when it can.
 * @param hostname as `URL` gives it: IPv4 in four numbers whatever was typed (127.1, 0x7f000001), IPv6 in brackets.
 */
export function isThisMachine(hostname: string): string | undefined {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (NAMES.includes(host) || SUFFIXES.some((suffix) => host.endsWith(suffix)))
    return 'a container cannot reach this machine by that name';
  if (host.endsWith('.local'))
    return 'a container cannot resolve names of the local network (mDNS)';
  // names that carry their address: 127.0.0.1.nip.io, app-127-0-0-1.sslip.io
  const carried =
    /(?:^|[.-])(\d{1,3}(?:[.-]\d{1,3}){3})[.-](?:[\w-]+\.)*(?:nip|sslip|xip)\.io$/.exec(host)?.[1];
  return unreachableAddress(carried?.replaceAll('-', '.') ?? host.replace(/^\[|\]$/g, ''));
}

/** Why an address can't be another machine's; undefined when it can, or is not an address. */
export function unreachableAddress(address: string): string | undefined {
  const four = ipv4In(address);
  if (four !== undefined) {
    if (four[0] === 127) return HERE;
    if (four[0] === 0) return HERE;
    if (four[0] === 169 && four[1] === 254) return ON_ONE_CABLE;
    return undefined;
  }
  const six = address.toLowerCase();
  if (six === '::1') return HERE;
  if (six === '::') return HERE;
  return /^fe[89ab][0-9a-f]:/.test(six) ? ON_ONE_CABLE : undefined;
}

/** The four numbers of an IPv4 address, also of one written as IPv6 (::ffff:7f00:1). */
function ipv4In(address: string): number[] | undefined {
  const plain = /^(?:::(?:ffff:)?)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(address);
  if (plain !== null) return plain.slice(1).map(Number);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (mapped === null) return undefined;
  const [high, low] = mapped.slice(1).map((part) => Number.parseInt(part, 16));
  return [(high ?? 0) >> 8, (high ?? 0) & 255, (low ?? 0) >> 8, (low ?? 0) & 255];
}
