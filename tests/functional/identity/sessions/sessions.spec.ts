import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import { setAccountStatus } from '#core/access/suspend_account'
import { changeStaffMember } from '#core/access/staff_members'
import { issueLink } from '#core/identity/mail/access_links'
import { createAccount } from '#core/identity/accounts/create_account'
import { createStaffMember } from '#core/identity/accounts/create_staff_member'
import { changeRole } from '#core/identity/accounts/members'
import { endSessions } from '#core/identity/sessions/sessions'
import { Visitor } from '../visitor.js'

const PASSWORD = 'une phrase assez longue'
let n = 0
const address = () => `session-${Date.now()}-${++n}@exemple.ci`

const aPerson = async () => {
  const email = address()
  const { account, owner } = await createAccount({
    company: `Séances ${n}`,
    country: 'CI',
    owner: { fullName: 'Awa Koné', email, password: PASSWORD, locale: 'fr' },
    confirmed: true,
    now: new Date(),
  })
  return { email, account, owner }
}

async function signedIn(email: string, password = PASSWORD): Promise<Visitor> {
  const visitor = new Visitor()
  const answer = await visitor.post('/signin', { email, password })
  if (answer.location !== '/portal')
    throw new Error(`no sign-in: ${answer.status} ${answer.location}`)
  return visitor
}

const isInside = async (visitor: Visitor, page = '/portal/settings') =>
  (await visitor.get(page)).status === 200

test.group('A session', (group) => {
  group.each.setup(() => {
    mail.fake()
    return () => mail.restore()
  })

  test('that was copied is over after sign-out', async ({ assert }) => {
    const { email } = await aPerson()
    const visitor = await signedIn(email)
    const copy = visitor.copy()
    assert.isTrue(await isInside(copy))
    await visitor.post('/signout', {}, '/portal/settings')
    assert.isFalse(await isInside(visitor))
    assert.isFalse(await isInside(copy))
  })

  test('that ended while a form was filled in keeps the form until its person is back', async ({
    assert,
  }) => {
    const { email, owner } = await aPerson()
    const visitor = await signedIn(email)
    const { text } = await visitor.get('/portal/contacts/lists/new')
    const token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
    assert.isNotEmpty(token)
    await endSessions({ guard: 'portal', personId: owner.id })

    const form = { name: 'Clients de « Bè »', _csrf: token }
    const sent = await visitor.send('/portal/contacts/lists', form, '/portal/contacts/lists/new')
    assert.equal(sent.status, 302)
    assert.match(sent.location ?? '', /\/portal\/contacts\/lists\/new$/)
    assert.equal((await visitor.get('/portal/contacts/lists/new')).location, '/signin')
    assert.include((await visitor.get('/signin')).text, 'Votre session a pris fin')

    const back = await visitor.post('/signin', { email, password: PASSWORD })
    assert.equal(back.location, '/portal/contacts/lists/new')
    const page = await visitor.get('/portal/contacts/lists/new')
    assert.include(page.text, 'value="Clients de « Bè »"')
    assert.include(page.text, 'Rien n’est encore enregistré')
    assert.notInclude((await visitor.get('/portal/contacts/lists/new')).text, 'Bè')
  })

  test('that ended puts nothing into a form that another site sends', async ({ assert }) => {
    const { email } = await aPerson()
    const visitor = await signedIn(email)
    const sent = await visitor.send(
      '/portal/contacts/lists',
      { name: 'Un piège' },
      '/portal/contacts/lists/new',
      'https://elsewhere.example'
    )
    assert.equal(sent.status, 419)
    assert.notInclude((await visitor.get('/portal/contacts/lists/new')).text, 'Un piège')
  })

  test('that was copied is over after a change of the password, which keeps its own browser signed in', async ({
    assert,
  }) => {
    const { email } = await aPerson()
    const visitor = await signedIn(email)
    const [copy, elsewhere] = [visitor.copy(), await signedIn(email)]
    await visitor.post(
      '/portal/settings/password',
      { current_password: PASSWORD, password: 'une autre phrase longue' },
      '/portal/settings'
    )
    assert.isTrue(await isInside(visitor))
    assert.isFalse(await isInside(copy))
    assert.isFalse(await isInside(elsewhere))
    /** The new one can be ended from elsewhere too */
    const again = await signedIn(email, 'une autre phrase longue')
    await again.post(
      '/portal/settings/password',
      { current_password: 'une autre phrase longue', password: PASSWORD },
      '/portal/settings'
    )
    assert.isFalse(await isInside(visitor))
  })

  test('is over after a reset of the password, an intruder’s too', async ({ assert }) => {
    const { email, owner } = await aPerson()
    const intruder = await signedIn(email)
    const token = await issueLink({
      purpose: 'reset_password',
      guard: 'portal',
      subjectId: owner.id,
      now: new Date(),
    })
    const page = `/password/reset/${token}`
    const answer = await new Visitor().post(page, { password: 'une autre phrase longue' }, page)
    assert.equal(answer.location, '/signin')
    assert.isFalse(await isInside(intruder))
    await assert.rejects(() => signedIn(email))
    /** Its link has worked; what comes now is a page with a way on */
    const used = await new Visitor().get(page)
    assert.equal(used.status, 410)
    assert.include(used.text, 'Ce lien a déjà servi')
    assert.include(used.text, 'href="/signin"')
  })

  test('ends with a suspension, and with a change of role', async ({ assert }) => {
    const { email, account, owner } = await aPerson()
    const visitor = await signedIn(email)
    await setAccountStatus({ accountId: account.id, status: 'suspended' })
    assert.equal((await visitor.get('/portal/settings')).location, '/signin')
    await setAccountStatus({ accountId: account.id, status: 'active' })

    const second = await signedIn(email)
    await changeRole({ accountId: account.id, userId: owner.id, role: 'owner' })
    assert.isFalse(await isInside(second))
  })

  test('of the staff ends when its access is closed or its role changes', async ({ assert }) => {
    const email = address()
    const member = await createStaffMember({
      fullName: 'Ama Mensah',
      email,
      password: PASSWORD,
      role: 'support',
    })
    const visitor = new Visitor()
    const page = '/admin/signin'
    await visitor.post(page, { email, password: PASSWORD }, page)
    assert.isTrue(await isInside(visitor, '/admin/clients'))
    await changeStaffMember({ id: member.id, disabled: true, now: new Date() })
    assert.isFalse(await isInside(visitor, '/admin/clients'))
  })

  test('speaks the language of its person, whatever the browser asks for', async ({ assert }) => {
    const { email } = await aPerson()
    const visitor = new Visitor({ headers: { 'accept-language': 'en' } })
    assert.include((await visitor.get('/signin')).text, 'lang="en"')
    await visitor.post('/signin', { email, password: PASSWORD })
    assert.include((await visitor.get('/portal')).text, 'lang="fr"')
  })
})

test.group('Wrong tries to sign in', () => {
  const from = (ip: string) => new Visitor({ headers: { 'x-forwarded-for': ip } })
  const wrong = (visitor: Visitor, email: string, page = '/signin') =>
    visitor.post(page, { email, password: 'pas le bon mot de passe' }, page)

  test('close the door for one address in one network, and for nobody else', async ({ assert }) => {
    const { email } = await aPerson()
    const intruder = from('41.66.1.1')
    for (let tries = 0; tries < 8; tries++) await wrong(intruder, email)
    const blocked = await intruder.post('/signin', { email, password: PASSWORD })
    assert.notEqual(blocked.location, '/portal')

    /** Its owner comes in from elsewhere, and others from there */
    assert.equal(
      (await from('102.7.7.7').post('/signin', { email, password: PASSWORD })).location,
      '/portal'
    )
    const other = await aPerson()
    assert.equal(
      (await from('41.66.1.2').post('/signin', { email: other.email, password: PASSWORD }))
        .location,
      '/portal'
    )
  })

  test('from everywhere do not lock out somebody who came in before', async ({ assert }) => {
    const { email } = await aPerson()
    const owner = from('102.8.8.8')
    assert.equal((await owner.post('/signin', { email, password: PASSWORD })).location, '/portal')
    for (let net = 1; net <= 70; net++) await wrong(from(`45.${net}.1.1`), email)
    const stranger = await from('45.200.1.1').post('/signin', { email, password: PASSWORD })
    assert.notEqual(stranger.location, '/portal')
    const again = await from('102.8.8.9').post('/signin', { email, password: PASSWORD })
    assert.equal(again.location, '/portal')
  }).timeout(120_000)
})
