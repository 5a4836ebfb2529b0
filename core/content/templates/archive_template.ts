import { sql } from '#core/database/sql'
import { findTemplate } from './save_template.js'

/**
 * Takes a template out of the lists that people choose from, or puts it back. Campaigns keep what they froze.
 *
 * @throws TemplateNotFoundError
 */
export async function archiveTemplate(o: {
  accountId: string
  templateId: string
  archived: boolean
}): Promise<void> {
  const template = await findTemplate(o.accountId, o.templateId)
  await sql(
    `update templates set archived_at = case when $2::boolean then now() end, updated_at = now()
      where id = $1::uuid`,
    [template.id, o.archived]
  )
}
