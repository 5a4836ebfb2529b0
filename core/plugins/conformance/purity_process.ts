/*
| Imports a plugin in a process of its own and reports what the import did besides defining. Started by
| check_purity.ts; the first argument is the address of the entry.
*/
import childProcess from 'node:child_process'
import dns from 'node:dns'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const entry = process.argv[2] ?? ''
const deeds: string[] = []

/** Writes and calls to the outside are counted, whoever of the plugin's dependencies makes them */
const WATCHED: readonly (readonly [object, string, readonly string[]])[] = [
  [
    fs,
    'fs',
    [
      'writeFile',
      'writeFileSync',
      'appendFile',
      'appendFileSync',
      'mkdir',
      'mkdirSync',
      'rm',
      'rmSync',
      'unlink',
      'unlinkSync',
      'createWriteStream',
    ],
  ],
  [fs.promises, 'fs/promises', ['writeFile', 'appendFile', 'mkdir', 'rm', 'unlink']],
  [net, 'net', ['connect', 'createConnection', 'createServer']],
  [dns, 'dns', ['lookup', 'resolve']],
  [childProcess, 'child_process', ['spawn', 'spawnSync', 'exec', 'execSync', 'fork', 'execFile']],
]
for (const [module, name, functions] of WATCHED) {
  for (const key of functions) {
    const original = Reflect.get(module, key) as (...values: unknown[]) => unknown
    Reflect.set(module, key, (...values: unknown[]) => {
      deeds.push(`called ${name}.${key}`)
      return original(...values)
    })
  }
}
syncBuiltinESMExports()
globalThis.fetch = () => {
  deeds.push('called fetch')
  return Promise.reject(new Error('no network while importing'))
}

/** What the plugin's Vine and SDK bring along is no deed of the plugin */
await import('@vinejs/vine')
await import('@griot/sdk')
const before = {
  globals: new Set(Object.getOwnPropertyNames(globalThis)),
  resources: count(),
  listeners: process.eventNames().length,
  env: JSON.stringify(process.env),
}
await import(entry)
await new Promise((resolve) => setTimeout(resolve, 50))

for (const name of Object.getOwnPropertyNames(globalThis))
  if (!before.globals.has(name)) deeds.push(`made the global ${name}`)
for (const [kind, number] of Object.entries(count()))
  if (number > (before.resources[kind] ?? 0)) deeds.push(`left a ${kind} open`)
if (process.eventNames().length > before.listeners) deeds.push('listens to events of the process')
if (JSON.stringify(process.env) !== before.env) deeds.push('changed the environment')
process.stdout.write(`\n${JSON.stringify([...new Set(deeds)])}\n`)
process.exit(0)

/** Kinds of open handles that a plugin may leave; pipes of this process come and go */
function count(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    if (
      [
        'Timeout',
        'Immediate',
        'TCPSocketWrap',
        'TCPServerWrap',
        'FSEventWrap',
        'ProcessWrap',
        'UDPWrap',
      ].includes(kind)
    )
      counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
