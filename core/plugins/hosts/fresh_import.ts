import { registerHooks } from 'node:module'

/** Carries the generation of a plugin's files from its entry to all that the entry imports */
const MARK = 'generation='
let registered = false

/**
 * Imports the entry of a plugin. Node remembers modules by address, so code that was replaced on disk, or that
 * failed once, needs another address: later generations get a query, and a resolve hook hands the query on to
 * the plugin's own files. What was imported before stays in memory until the process ends.
 *
 * @param o.generation 0 for the first import, then counting
 */
export async function freshImport(o: {
  url: URL
  generation: number
}): Promise<{ default?: unknown }> {
  if (o.generation === 0) return import(o.url.href) as Promise<{ default?: unknown }>
  if (!registered) registerGenerations()
  return import(`${o.url.href}?${MARK}${o.generation}`) as Promise<{ default?: unknown }>
}

function registerGenerations() {
  registered = true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const query = context.parentURL?.split('?')[1]
      const own = specifier.startsWith('./') || specifier.startsWith('../')
      if (!own || !query?.startsWith(MARK) || resolved.url.includes('?')) return resolved
      return { ...resolved, url: `${resolved.url}?${query}` }
    },
  })
}
