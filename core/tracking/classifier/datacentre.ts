import { existsSync, readFileSync } from 'node:fs'
import { BlockList, isIPv4 } from 'node:net'
import logger from '@adonisjs/core/services/logger'
import { dataFolder } from '#core/database/app_root'
import { DATACENTRE_NETWORKS } from './datacentre_networks.js'

/** A file of the operator's own in the data folder replaces the list: one network a line, `#` begins a remark */
const OWN_FILE = 'datacentre_networks.txt'

let list: BlockList | null = null

/**
 * Whether an address belongs to a hosting company. People do not read mail there; scanners do.
 *
 * @param prefix a network as it was kept, `203.0.113.0/24` or `2001:db8:1::/48`
 */
export function isDatacentre(prefix: string | null): boolean {
  if (prefix === null) return false
  const address = prefix.split('/')[0]
  list ??= blockList(ownNetworks() ?? DATACENTRE_NETWORKS)
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** @throws nothing: a line that is no network is left out, and said */
export function blockList(networks: readonly string[]): BlockList {
  const made = new BlockList()
  for (const network of networks) {
    const [address, bits] = network.split('/')
    try {
      made.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6')
    } catch (error) {
      logger.warn(
        { err: error, network },
        'this is no network, so it is left out of the list of datacentres'
      )
    }
  }
  return made
}

function ownNetworks(): string[] | null {
  const path = dataFolder(OWN_FILE)
  if (!existsSync(path)) return null
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
}
