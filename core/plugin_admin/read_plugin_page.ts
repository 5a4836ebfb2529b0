import type { PageBlock, Text } from '@griot/sdk'
import { PluginError } from '#core/plugins/errors'
import type { PluginKernel } from '#core/plugins/plugin_kernel'

/** Milliseconds for a page to be made */
const RENDER_MS = 10_000

/**
 * Asks a plugin for one of its admin pages: plain data that the kernel renders.
 *
 * @throws E_PLUGIN_UNKNOWN when it has no such page, E_PLUGIN_UNAVAILABLE when it is not enabled
 * @throws E_PLUGIN_WRONG_RESULT when what came back is not a page
 */
export async function readPluginPage(o: {
  kernel: PluginKernel
  id: string
  page: string
  query: Readonly<Record<string, string>>
}): Promise<{ title: Text; blocks: readonly PageBlock[] }> {
  const operation = `pages.${o.page}` as const
  const page = o.kernel.enabledPlugins().find(({ id }) => id === o.id)?.description.pages[o.page]
  if (!page)
    throw new PluginError({
      code: 'E_PLUGIN_UNKNOWN',
      pluginId: o.id,
      operation,
      detail: 'it has no such page, or it is not enabled',
    })

  const blocks: unknown = await o.kernel.calls.call(
    o.id,
    operation,
    { query: o.query },
    { timeoutMs: RENDER_MS }
  )
  if (Array.isArray(blocks) && blocks.every(isBlock)) return { title: page.title, blocks }

  const failure = {
    pluginId: o.id,
    code: 'E_PLUGIN_WRONG_RESULT',
    operation,
    detail: 'render must return a list of blocks: text, facts or table',
  } as const
  await o.kernel.reportFailure(failure)
  throw new PluginError(failure)
}

function isBlock(value: unknown): value is PageBlock {
  const block = value as {
    type?: unknown
    text?: unknown
    items?: unknown
    columns?: unknown
    rows?: unknown
  } | null
  switch (block?.type) {
    case 'text':
      return typeof block.text === 'object' && block.text !== null
    case 'facts':
      return Array.isArray(block.items)
    case 'table':
      return (
        Array.isArray(block.columns) && Array.isArray(block.rows) && block.rows.every(Array.isArray)
      )
    default:
      return false
  }
}
