import { addContact } from '#core/audience/contacts/save_contact'
import { createList } from '#core/audience/lists/create_list'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { saveTemplate } from '#core/content/templates/save_template'
import { sql } from '#core/database/sql'
import { aService, type Client } from '#tests/line_kit'

/** One of each thing that a route of the portal names, of one account, by the route that names it: the longest prefix says which */
export async function oneOfEach(owner: Client): Promise<Readonly<Record<string, string>>> {
  const { accountId, by } = owner
  const list = await createList({ accountId, name: 'Tous', by })
  const contact = await addContact({
    accountId,
    email: 'autre@exemple.ci',
    phone: null,
    firstName: null,
    lastName: null,
    city: null,
    consent: 'granted',
    listId: list.id,
    country: 'CI',
  })
  const [file] = await sql<{ id: string }>(
    `insert into imports (account_id, file_name, file_path, bytes, encoding, separator, state)
     values ($1, 'x', '/nowhere', 1, 'utf-8', ';', 'uploaded') returning id`,
    [accountId]
  )
  const [invitation] = await sql<{ id: string }>(
    `insert into invitations (account_id, email, full_name, role, locale, invited_by, token_hash, expires_at)
     values ($1, 'invite@exemple.ci', 'x', 'reader', 'fr', $2, gen_random_uuid()::text, now() + interval '1 day')
     returning id`,
    [accountId, owner.userId]
  )
  const template = await saveTemplate({
    accountId,
    name: 'x',
    format: 'text',
    source: 'Bonjour',
    by,
  })
  const campaign = await createCampaign({
    accountId,
    service: await aService('fixture_messaging'),
    name: 'x',
    brief: { subject: 'x', text: 'y' },
    listIds: [list.id],
    by,
  })
  const [conversation] = await sql<{ id: string }>(
    `insert into conversations (account_id, plugin_id, channel, address, last_at)
     values ($1, 'fixture_messaging', 'fixture_messaging', 'autre@exemple.ci', now()) returning id`,
    [accountId]
  )
  return {
    '/portal/inbox/:id': conversation.id,
    '/portal/contacts/lists/:id': list.id,
    '/portal/contacts/imports/:id': file.id,
    '/portal/contacts/:id': contact.id,
    '/portal/templates/:id': template.id,
    '/portal/campaigns/:id': campaign.id,
    '/portal/settings/members/:id': owner.userId,
    '/portal/settings/invitations/:id': invitation.id,
  }
}

/** A route with the ids of what it names */
export function pathTo(pattern: string, things: Readonly<Record<string, string>>): string {
  const prefix = Object.keys(things)
    .toSorted((a, b) => b.length - a.length)
    .find((one) => pattern === one || pattern.startsWith(`${one}/`))
  if (!prefix && pattern.includes(':')) throw new Error(`say what ${pattern} names: add it here`)
  return prefix ? pattern.replace(prefix, prefix.replace(':id', things[prefix])) : pattern
}
