import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { answersFollowed } from '#core/identity/mail/after_answer'
import { createAccount } from '#core/identity/accounts/create_account'
import { invite, openInvitations, withdrawInvitation } from '#core/identity/accounts/invitations'
import { membersOf, removeMember } from '#core/identity/accounts/members'
import User from '#core/identity/models/user'
import { Visitor } from '../visitor.js'

const PASSWORD = 'une phrase assez longue'
let n = 0
const address = () => `invite-${Date.now()}-${++n}@exemple.ci`

/** A client company; the name of the second sorts before all others */
const aClient = async (company = `Marché ${++n}`) => {
  const email = address()
  const { account, owner } = await createAccount({
    company,
    country: 'CI',
    owner: { fullName: 'Awa Koné', email, password: PASSWORD, locale: 'fr' },
    confirmed: true,
    now: new Date(),
  })
  return { email, account, owner }
}

type Sent = { to: string; subject: string; html: string }

test.group('An invitation', (group) => {
  let sent: () => Sent[]
  group.each.setup(() => {
    const fake = mail.fake()
    sent = () =>
      fake.messages.sent().map((message) => {
        const { to, subject, html } = message.toObject().message as {
          to: ({ address: string } | string)[]
          subject: string
          html: string
        }
        const [first] = to
        return { to: typeof first === 'string' ? first : first.address, subject, html }
      })
    return () => mail.restore()
  })
  const linkOf = (one: Sent) => String(/\/invitations\/[\w-]+/.exec(one.html)?.[0])

  async function signedIn(email: string): Promise<Visitor> {
    const visitor = new Visitor()
    await visitor.post('/signin', { email, password: PASSWORD })
    return visitor
  }

  const asked = (owner: Visitor, email: string) =>
    owner.post(
      '/portal/settings/members',
      { full_name: 'Zoé Sow', email, role: 'manager' },
      '/portal/settings/members'
    )

  test('to a known person changes nothing for them before they accept; then they work there', async ({
    assert,
  }) => {
    const host = await aClient('AAA première de la liste')
    const guest = await aClient('ZZZ maison')
    const guestBrowser = await signedIn(guest.email)
    await guestBrowser.get('/portal')
    const owner = await signedIn(host.email)
    const known = await asked(owner, guest.email)
    assert.lengthOf(await membersOf(host.account.id), 1)

    /** What the guest stores meanwhile is stored at home */
    await guestBrowser.post(
      '/portal/contacts/lists',
      { name: 'Chez moi' },
      '/portal/contacts/lists/new'
    )
    const [list] = await sql<{ account_id: string }>(
      `select account_id from contact_lists where name = 'Chez moi' and account_id = any($1::uuid[])`,
      [[host.account.id, guest.account.id]]
    )
    assert.equal(list.account_id, guest.account.id)

    const [message] = sent()
    assert.equal(message.to, guest.email)
    assert.include(message.subject, 'Awa Koné vous invite à rejoindre AAA première de la liste')
    const link = linkOf(message)

    /** A scanner that follows the link, and somebody else who has it, accept nothing */
    assert.equal((await new Visitor().get(link)).status, 200)
    const stranger = await signedIn((await aClient()).email)
    assert.include((await stranger.get(link)).text, 'Cette invitation est pour')
    assert.notEqual((await stranger.post(link, {}, link)).location, '/portal')
    assert.lengthOf(await membersOf(host.account.id), 1)

    assert.equal((await guestBrowser.post(link, {}, link)).location, '/portal')
    assert.lengthOf(await membersOf(host.account.id), 2)
    assert.include((await guestBrowser.get('/portal/settings')).text, 'AAA première de la liste')
    assert.equal((await guestBrowser.get(link)).status, 410)

    /** The answer was the one that an unknown address gets */
    const unknown = await asked(owner, address())
    assert.deepEqual([known.status, known.location], [unknown.status, unknown.location])
  })

  test('leads somebody new to a password and into the account', async ({ assert }) => {
    const host = await aClient()
    const email = address()
    await asked(await signedIn(host.email), email.toUpperCase())
    const link = linkOf(sent()[0])
    const guest = new Visitor()
    assert.notEqual(
      (await guest.post(link, { full_name: 'Zoé Sow', password: 'court' }, link)).location,
      '/portal'
    )
    const answer = await guest.post(link, { full_name: 'Zoé Sow', password: PASSWORD }, link)
    assert.equal(answer.location, '/portal')
    assert.equal((await guest.get('/portal/settings')).status, 200)
    const member = (await membersOf(host.account.id)).find((one) => one.email === email)
    assert.containsSubset(member, { name: 'Zoé Sow', role: 'manager', confirmed: true })
    assert.isEmpty(await openInvitations(host.account.id))
  })

  test('is replaced when it is sent again, ends when it is withdrawn or too old', async ({
    assert,
  }) => {
    const host = await aClient()
    const email = address()
    const owner = await signedIn(host.email)
    await asked(owner, email)
    const [{ id }] = await openInvitations(host.account.id)
    await owner.post(`/portal/settings/invitations/${id}/again`, {}, '/portal/settings/members')
    const [first, second] = sent().map(linkOf)
    assert.equal((await new Visitor().get(first)).status, 410)
    assert.equal((await new Visitor().get(second)).status, 200)

    /** Nobody takes back what another account has */
    const other = (await aClient()).account.id
    await assert.rejects(
      () => withdrawInvitation({ accountId: other, id }),
      'No such open invitation'
    )
    assert.equal((await new Visitor().get(second)).status, 200)
    await owner.post(`/portal/settings/invitations/${id}/withdraw`, {}, '/portal/settings/members')
    assert.equal((await new Visitor().get(second)).status, 410)

    await invite({
      account: host.account,
      by: host.owner,
      email,
      fullName: 'Zoé',
      role: 'reader',
      locale: 'fr',
      now: new Date(Date.now() - 8 * 86_400_000),
    })
    assert.equal((await new Visitor().get(linkOf(sent().at(-1) as Sent))).status, 410)
  })

  test('accepted does not move a form that was open elsewhere, and a form for a lost account is not stored', async ({
    assert,
  }) => {
    const host = await aClient('AA avant tout')
    const guest = await aClient('ZZ chez moi')
    const browser = await signedIn(guest.email)
    await asked(await signedIn(host.email), guest.email)
    const link = linkOf(sent()[0])
    await browser.post(link, {}, link)
    await removeMember({ accountId: host.account.id, userId: guest.owner.id })
    const again = await signedIn(guest.email)
    const answer = await again.post('/portal/contacts/lists', { name: 'Perdue' }, '/portal/wallet')
    assert.equal(answer.status, 302)
    const rows = await sql<{ account_id: string }>(
      `select account_id from contact_lists where name = 'Perdue'`
    )
    assert.isTrue(rows.every((row) => row.account_id === guest.account.id))
  })
})

test.group('Nobody learns who has an account', (group) => {
  let count: () => { to: string; subject: string }[]
  group.each.setup(() => {
    const fake = mail.fake()
    count = () =>
      fake.messages.sent().map((message) => {
        const { to, subject } = message.toObject().message as {
          to: ({ address: string } | string)[]
          subject: string
        }
        const [first] = to
        return { to: typeof first === 'string' ? first : first.address, subject }
      })
    return () => mail.restore()
  })

  const signUp = (visitor: Visitor, email: string) =>
    visitor.post(
      '/signup',
      { company: 'Étoile', country: 'CI', full_name: 'Awa Koné', email, password: PASSWORD },
      '/signup'
    )

  test('by signing up: the page is the same, the mailbox alone is told', async ({ assert }) => {
    const known = await aClient()
    const unknown = address()
    const [one, other] = [new Visitor(), new Visitor()]
    const answers = [await signUp(one, known.email), await signUp(other, unknown)]
    await answersFollowed()
    assert.deepEqual(answers[0].location, answers[1].location)
    assert.equal(answers[0].status, answers[1].status)
    const pages = [await one.get('/confirm'), await other.get('/confirm')]
    const bare = (text: string) =>
      text
        .replaceAll(known.email, 'X')
        .replaceAll(unknown, 'X')
        .replace(/nonce="[^"]*"|value="[^"]*"/g, '')
    assert.equal(bare(pages[0].text), bare(pages[1].text))
    assert.equal((await one.get('/portal')).location, '/signin')

    assert.sameDeepMembers(count(), [
      { to: known.email, subject: 'Vous avez déjà un compte' },
      { to: unknown, subject: 'Confirmez votre adresse' },
    ])
    /** The password of the stranger's try is nobody's */
    assert.isTrue(await (await User.findByOrFail('email', known.email)).verifyPassword(PASSWORD))
  })

  test('by asking for a new password, and an address gets three mails an hour at most', async ({
    assert,
  }) => {
    const known = await aClient()
    for (let times = 0; times < 6; times++) {
      const visitor = new Visitor({ headers: { 'x-forwarded-for': `41.${times}.1.1` } })
      const answer = await visitor.post(
        '/password/forgot',
        { email: known.email },
        '/password/forgot'
      )
      assert.equal(answer.location, '/password/forgot?sent=1')
    }
    const nobody = await new Visitor().post(
      '/password/forgot',
      { email: address() },
      '/password/forgot'
    )
    assert.equal(nobody.location, '/password/forgot?sent=1')
    await answersFollowed()
    assert.lengthOf(
      count().filter((one) => one.to === known.email),
      3
    )
  })
})
