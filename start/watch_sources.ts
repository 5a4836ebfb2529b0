import { watch } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildAssetsWhenStale } from './build_assets.js'
import type { Running } from './supervise.js'

const FOLDERS = ['bin', 'config', 'core', 'database', 'plugins', 'resources', 'start', 'themes']
/** Milliseconds in which an editor writes all that it writes at once */
const SETTLE_MS = 60

type Kind = 'code' | 'assets' | 'pages'

/**
 * Follows the sources: code and words start web and worker again, styles and scripts are built, and pages that are open load
 * themselves anew. One change at a time; what comes meanwhile is seen to after it.
 */
export function watchSources(o: {
  root: URL
  say: (line: string) => void
  running: Running
}): void {
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let busy = false

  const follow = async () => {
    if (busy) return
    busy = true
    while (changed.size > 0) {
      const files = [...changed]
      changed.clear()
      await applyChanges({ ...o, files }).catch((error: Error) => o.say(error.message))
    }
    busy = false
  }
  for (const folder of FOLDERS)
    watch(fileURLToPath(new URL(folder, o.root)), { recursive: true }, (_event, name) => {
      if (!name || kindOf(`${folder}/${name}`) === null) return
      changed.add(`${folder}/${name}`)
      if (timer) clearTimeout(timer)
      timer = setTimeout(() => void follow(), SETTLE_MS)
    })
  o.say('Watching the sources: a change is there within three seconds.')
}

async function applyChanges(o: {
  root: URL
  say: (line: string) => void
  running: Running
  files: readonly string[]
}): Promise<void> {
  const { running, files } = o
  const kinds = new Set(files.map(kindOf))
  const from = performance.now()
  if (kinds.has('assets')) await buildAssetsWhenStale(o)
  if (kinds.has('code')) await running.restart('web')
  else running.tell({ reload: true })
  o.say(`${files.join(', ')}: there after ${Math.round(performance.now() - from)} ms`)
  if (!kinds.has('code')) return
  await running.restart('worker')
  if (files.some((file) => file.startsWith('plugins/'))) await running.restart('sandbox')
}

/** What a file is to what runs; null when it is nothing */
function kindOf(file: string): Kind | null {
  if (/(^|\/)(node_modules|tests)\//.test(file)) return null
  if (/^(resources\/(css|js|fonts)|themes\/[^/]+\/assets)\//.test(file)) return 'assets'
  if (file.endsWith('.edge')) return 'pages'
  return /\.(ts|json|sql)$/.test(file) ? 'code' : null
}
