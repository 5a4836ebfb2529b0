import Template from '../models/template.js'

/** The templates that an account can choose from, newest first, for a select */
export async function templateOptions(
  accountId: string
): Promise<{ value: string; label: string }[]> {
  const templates = await Template.in(accountId)
    .whereNull('archived_at')
    .orderBy('id', 'desc')
    .limit(200)
    .select('id', 'name')
  return templates.map((template) => ({ value: template.id, label: template.name }))
}
