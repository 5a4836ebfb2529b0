import { createAccount } from '#core/identity/accounts/create_account'
import { createStaffMember } from '#core/identity/accounts/create_staff_member'
import { creditWallet } from '#core/ledger/credit_wallet'
import { saveTemplate } from '#core/content/templates/save_template'
import { createList } from '#core/audience/lists/create_list'
import Service from '#core/billing/models/service'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { DEMO_NEWSLETTER } from './demo_newsletter.js'

/** Everybody in the demonstration signs in with this; it is printed at the start and never made in production */
const DEMO_PASSWORD = 'griot-demo'
/** F CFA in the demonstration's wallet */
const DEMO_CREDIT = 250_000n

/**
 * A client with contacts, a template, money and a campaign that waits for its launch; and an admin. Only into an
 * installation that has no account yet, and never in production.
 *
 * @param o.people how many contacts the client has
 * @returns false when nothing was added
 */
export async function seedDemo(o: { people: number }): Promise<boolean> {
  const [{ used }] = await sql<{ used: boolean }>(
    'select exists (select 1 from accounts) or exists (select 1 from staff_members) used'
  )
  if (used || process.env.NODE_ENV === 'production') return false

  const staff = await createStaffMember({
    fullName: 'Équipe Griot',
    email: 'admin@griot.localhost',
    password: DEMO_PASSWORD,
  })
  const { account, owner } = await createAccount({
    company: 'Marché Nouvelle Étoile',
    country: 'CI',
    address: 'Boulevard Latrille, Cocody, Abidjan',
    owner: {
      fullName: 'Awa Koné',
      email: 'awa@marche-etoile.ci',
      password: DEMO_PASSWORD,
      locale: 'fr',
    },
    confirmed: true,
    now: new Date(),
  })
  const by: Actor = { kind: 'user', id: owner.id, name: owner.fullName }

  await creditWallet({
    accountId: account.id,
    currency: account.currency,
    amount: DEMO_CREDIT,
    reason: 'Crédit de démonstration',
    by: { kind: 'staff', id: staff.id, name: staff.fullName },
    key: `demo:${account.id}`,
  })
  const list = await createList({ accountId: account.id, name: 'Clients fidèles', by })
  await addDemoContacts({ accountId: account.id, listId: list.id, people: o.people })
  const template = await saveTemplate({
    accountId: account.id,
    name: 'Offres de la semaine',
    format: 'mjml',
    source: DEMO_NEWSLETTER,
    by,
  })

  const service = await Service.query()
    .where('status', 'published')
    .orderBy('position')
    .orderBy('slug')
    .first()
  if (!service) return true
  const campaign = await createCampaign({
    accountId: account.id,
    service,
    name: 'Offres de la semaine',
    brief: {
      subject: '{{ contact.first_name }}, vos offres de la semaine',
      sender_name: 'Marché Nouvelle Étoile',
      template_id: template.id,
    },
    listIds: [list.id],
    by,
  })
  await quoteCampaign({ campaign, by, now: new Date() })
  return true
}

const FIRST_NAMES = [
  'Aminata',
  'Kossi',
  'Zoé',
  'Moussa',
  'Aïcha',
  'Yao',
  'Adjoua',
  'Cheikh',
  'Élodie',
  'Ousmane',
  'Ndeye',
  'Kwame',
]
const LAST_NAMES = [
  'Koné',
  'Diallo',
  'Ouédraogo',
  'Mensah',
  'Camara',
  'Traoré',
  'Ndiaye',
  'Agbéko',
  'Sow',
  'Fotso',
]
const CITIES = ['Abidjan', 'Bouaké', 'San-Pédro', 'Yamoussoukro', 'Korhogo']

const DOMAINS = ['example.com', 'courriel.example', 'poste.example', 'bureau.example']

/**
 * People of whom some never agreed, so that exclusions can be seen; and one in a hundred whose mailbox the simulator refuses,
 * so that money comes back
 */
async function addDemoContacts(o: {
  accountId: string
  listId: string
  people: number
}): Promise<void> {
  const people = Array.from({ length: o.people }, (_, n) => {
    const first = FIRST_NAMES[n % FIRST_NAMES.length]
    const last = LAST_NAMES[(n * 7) % LAST_NAMES.length]
    const plain = `${first}.${last}${n}`
      .normalize('NFD')
      .replace(/[^\w.]/g, '')
      .toLowerCase()
    return {
      first,
      last,
      email:
        n % 97 === 96 ? `rejet.${plain}@poste.example` : `${plain}@${DOMAINS[n % 7] ?? DOMAINS[0]}`,
      city: CITIES[n % CITIES.length],
      consent: n % 12 === 11 ? 'refused' : n % 15 === 14 ? 'unknown' : 'granted',
    }
  })
  await sql(
    `with made as (
       insert into contacts (account_id, email, first_name, last_name, city, country, consent, consent_source, consent_at)
       select $1, p.email, p.first, p.last, p.city, 'CI', p.consent, 'démonstration', now() from jsonb_to_recordset($2::jsonb) p(email text, first text, last text, city text, consent text)
       returning id)
     insert into contact_list_members (list_id, contact_id) select $3, id from made`,
    [o.accountId, JSON.stringify(people), o.listId]
  )
}
