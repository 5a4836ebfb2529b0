import { isIPv4, isIPv6 } from 'node:net'

/** An address cut to its network (/24, /48): enough to tell machines from people, not enough to name a person */
export function ipPrefix(ip: string): string | null {
  const plain = ip.replace(/^::ffff:/, '')
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
  if (!isIPv6(plain)) return null
  const [head, tail = ''] = plain.split('::')
  const left = head ? head.split(':') : []
  const right = tail ? tail.split(':') : []
  const full = [
    ...left,
    ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'),
    ...right,
  ]
  return `${full.slice(0, 3).join(':')}::/48`
}
