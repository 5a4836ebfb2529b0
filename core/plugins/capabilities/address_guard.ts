import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { PluginError } from '../errors.js'

export type AddressGuard = {
  /** @throws E_PLUGIN_ADDRESS_REFUSED when the host is an address that may not be dialled */
  checkHost(host: string): void
  /** Resolves once and hands the checked address to the socket, so what was checked is what is dialled */
  readonly lookup: LookupFunction
  /** Whether the host may be loopback, for the Sandbox */
  isLoopback(host: string): boolean
}

/** Networks that are nobody's business of a plugin: this machine, the local network, clouds' metadata, and what maps to them */
const REFUSED_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
const REFUSED_V6 = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const

/**
 * Guards the addresses that a plugin may dial.
 *
 * @param o.allowLoopback lets 127.0.0.0/8 and ::1 through: the Sandbox and tests, never production
 * @param o.allowedNetworks private networks (CIDR) that the operator opened
 * @param o.resolve replaces the resolver in tests
 */
export function addressGuard(o: {
  pluginId: string
  allowLoopback: boolean
  allowedNetworks: readonly string[]
  resolve?: (host: string) => Promise<LookupAddress[]>
}): AddressGuard {
  const refused = new BlockList()
  for (const [net, prefix] of REFUSED_V4) refused.addSubnet(net, prefix, 'ipv4')
  for (const [net, prefix] of REFUSED_V6) refused.addSubnet(net, prefix, 'ipv6')
  const allowed = new BlockList()
  for (const cidr of o.allowedNetworks) {
    const [net = '', prefix = ''] = cidr.split('/')
    allowed.addSubnet(net, Number(prefix), isIP(net) === 6 ? 'ipv6' : 'ipv4')
  }

  const check = (address: string, host: string) => {
    const plain = withoutMapping(address)
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
    if (o.allowLoopback && isLoopbackAddress(plain)) return
    if (allowed.check(plain, family)) return
    if (!isIP(plain) || refused.check(plain, family)) {
      throw new PluginError({
        code: 'E_PLUGIN_ADDRESS_REFUSED',
        pluginId: o.pluginId,
        operation: 'dial',
        detail: `${host} is at ${address}, a private, loopback or reserved address. The operator can open a network in config/plugins.ts`,
      })
    }
  }

  const resolve =
    o.resolve ??
    ((host: string) =>
      new Promise<LookupAddress[]>((done, failed) =>
        dnsLookup(host, { all: true }, (error, addresses) =>
          error ? failed(error) : done(addresses)
        )
      ))

  return {
    checkHost(host) {
      const bare = bracketless(host)
      if (isIP(bare)) check(bare, bare)
    },
    isLoopback: (host) =>
      o.allowLoopback &&
      (bracketless(host) === 'localhost' || isLoopbackAddress(withoutMapping(bracketless(host)))),
    lookup(host, options, callback) {
      resolve(host).then(
        (addresses) => {
          try {
            /** One bad address is enough: a name with a public and a private address is an attack */
            for (const { address } of addresses) check(address, host)
          } catch (error) {
            callback(error as NodeJS.ErrnoException, '', 0)
            return
          }
          const wanted = addresses.filter(
            (found) =>
              !options.family ||
              options.family === found.family ||
              options.family === `IPv${found.family}`
          )
          const [first] = wanted
          if (!first)
            callback(
              Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }),
              '',
              0
            )
          else if (options.all) callback(null, wanted)
          else callback(null, first.address, first.family)
        },
        (error: NodeJS.ErrnoException) => callback(error, '', 0)
      )
    },
  }
}

const bracketless = (host: string) => host.replace(/^\[|\]$/g, '')

/** ::ffff:127.0.0.1 and ::ffff:7f00:1 are 127.0.0.1 */
function withoutMapping(address: string): string {
  const dotted = /^(?:0*:)*:?(?:0*:)*ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (dotted?.[1]) return dotted[1]
  if (isIP(address) !== 6) return address
  const canonical = bracketless(new URL(`http://[${address.split('%')[0]}]/`).hostname)
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (!hex?.[1] || !hex[2]) return canonical
  const [high, low] = [Number.parseInt(hex[1], 16), Number.parseInt(hex[2], 16)]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}
