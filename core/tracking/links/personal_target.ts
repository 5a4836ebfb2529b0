import { renderLine } from '#core/content/render_line'
import { isPersonal } from './click_target.js'
import { safeAddress } from './safe_address.js'

/**
 * Where a link leads for one person, when it is different for each; null when it is the same for everybody or leads nowhere.
 */
export function personalTarget(o: {
  link: string | undefined
  scope: Parameters<typeof renderLine>[1]
}): string | null {
  if (o.link === undefined || !isPersonal(o.link)) return null
  return safeAddress(renderLine(o.link, o.scope))
}
