import { test } from '@japa/runner'
import Campaign from '#core/campaigns/models/campaign'
import { sql } from '#core/database/sql'
import { listUncertain } from '#core/delivery/uncertain/list_uncertain'
import { settleUncertain } from '#core/delivery/uncertain/settle_uncertain'
import type { Run } from '#core/runs/run'
import User from '#core/identity/models/user'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs, type Client } from '#tests/line_kit'
import { anExpandedRun } from './run_kit.js'
import { aStaffMember } from './waiting_kit.js'

type Http = Parameters<Parameters<typeof test>[1] & object>[0]['client']

const UNKNOWN = ['unknown1@a.example', 'unknown2@a.example', 'unknown3@a.example']
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

/** A run with three messages that nobody knows of; `live` keeps one more waiting, so that it goes on */
async function aRunWithUnknown(client: Client, o: { live: boolean }): Promise<Run> {
  const run = await anExpandedRun(client, [...UNKNOWN, ...(o.live ? ['defer@a.example'] : [])])
  await runJobs()
  return run
}

const seqsOf = (run: Run) =>
  sql<{ seq: number }>(
    `select seq from deliveries where run_id = $1 and state = 'uncertain' order by seq`,
    [run.id]
  ).then((rows) => rows.map((row) => row.seq))
const decisionsOf = (run: Run) =>
  sql<{ decision: string; by_name: string; why: string; n: number }>(
    'select decision, by_name, why, count(*)::int n from delivery_decisions where run_id = $1 group by 1, 2, 3 order by 1',
    [run.id]
  )
const path = (run: Run, face = 'portal') => `/${face}/campaigns/${run.campaignId}/uncertain`

/** Somebody of the account with a role of their own */
async function aMember(client: Client, role: 'owner' | 'manager' | 'reader') {
  const other = await aClient({ credit: 0n })
  await sql('update memberships set account_id = $1, role = $2 where user_id = $3', [
    client.accountId,
    role,
    other.userId,
  ])
  return User.findOrFail(other.userId)
}

function post(http: Http, user: User, to: string, form: Record<string, unknown>) {
  return http
    .post(to)
    .withGuard('portal')
    .loginAs(user)
    .withCsrfToken()
    .header('referer', '/portal')
    .redirects(0)
    .form(form)
}

test.group('Messages of unknown outcome', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql(`update campaigns set state = 'cancelled' where state = 'running'`)
  })

  test('are listed with what happened, and led to from the campaign and its report', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const run = await aRunWithUnknown(client, { live: true })
    const manager = await aMember(client, 'manager')
    const get = (to: string) => http.get(to).withGuard('portal').loginAs(manager)
    for (const from of ['', '/report'])
      (await get(`/portal/campaigns/${run.campaignId}${from}`)).assertTextIncludes(path(run))
    const page = await get(path(run))
    page.assertStatus(200)
    for (const words of [...UNKNOWN, 'Tous les messages (3)', 'Renvoyer', 'Marquer rejeté'])
      page.assertTextIncludes(words)
    assert.notMatch(page.text(), /translation missing|>\s*(?:campaigns|ui)\.[a-z_.]+\s*</i)
    assert.notInclude(page.text(), 'Relancer ces contacts')
  })

  test('name the number and what follows before anything changes', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const run = await aRunWithUnknown(client, { live: true })
    const owner = await User.findOrFail(client.userId)
    const [first, second] = await seqsOf(run)
    const ask = (query: Record<string, unknown>) =>
      http
        .get(`${path(run)}/decide`)
        .qs({ run: run.id, ...query })
        .withGuard('portal')
        .loginAs(owner)
    const resend = plain((await ask({ decision: 'resend', seqs: [first, second] })).text())
    assert.include(resend, 'Renvoyer 2 messages ?')
    assert.include(resend, 'recevront le message deux fois')
    assert.include(
      plain((await ask({ decision: 'accepted', all: '1' })).text()),
      'Marquer 3 messages acceptés'
    )
    const none = await ask({ decision: 'accepted' })
    none.assertTextIncludes('Choisissez au moins un message')
    assert.lengthOf(await seqsOf(run), 3)
  })

  test('are settled one by one and all at once, by name and with the reason', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const run = await aRunWithUnknown(client, { live: true })
    const owner = await User.findOrFail(client.userId)
    const seqs = await seqsOf(run)
    const decide = (form: Record<string, unknown>) =>
      post(http, owner, path(run), { run: run.id, ...form })
    await decide({ 'decision': 'accepted', 'seqs[]': [seqs[0]], 'count': 1, 'why': 'au téléphone' })
    await decide({ 'decision': 'resend', 'seqs[]': [seqs[1]], 'count': 1 })
    assert.deepEqual(await deliveryStates(run.id), {
      accepted: 1,
      pending: 1,
      uncertain: 1,
      deferred: 1,
    })
    await decide({ decision: 'rejected', all: '1', count: 1 })
    assert.deepEqual(await decisionsOf(run), [
      { decision: 'accepted', by_name: 'Awa Koné', why: 'au téléphone', n: 1 },
      { decision: 'rejected', by_name: 'Awa Koné', why: '', n: 1 },
      { decision: 'resend', by_name: 'Awa Koné', why: '', n: 1 },
    ])
    const page = await http.get(path(run)).withGuard('portal').loginAs(owner)
    page.assertTextIncludes('au téléphone')
    page.assertTextIncludes('Renvoyé')
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), {
      accepted: 1,
      rejected: 1,
      uncertain: 1,
      deferred: 1,
    })
    assert.isEmpty(await booksAreWrong())
  })

  test('stay as they are when there are others by now than were confirmed', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const run = await aRunWithUnknown(client, { live: true })
    const owner = await User.findOrFail(client.userId)
    const page = await post(http, owner, path(run), {
      run: run.id,
      decision: 'rejected',
      all: '1',
      count: 2,
    }).redirects(1)
    page.assertTextIncludes('3 au lieu de 2')
    assert.lengthOf(await seqsOf(run), 3)
    assert.isEmpty(await decisionsOf(run))
  })

  test('belong to their account, their campaign and those who may decide', async ({
    client: http,
    assert,
  }) => {
    const [mine, theirs] = [await aClient(), await aClient()]
    const run = await aRunWithUnknown(mine, { live: true })
    const other = await aRunWithUnknown(theirs, { live: true })
    const form = { run: run.id, decision: 'rejected', all: '1', count: 3 }

    const stranger = await User.findOrFail(theirs.userId)
    ;(await http.get(path(run)).withGuard('portal').loginAs(stranger)).assertStatus(404)
    ;(await post(http, stranger, path(run), form)).assertStatus(404)
    ;(await post(http, stranger, `${path(run)}/relaunch`, form)).assertStatus(404)
    /** Their own campaign does not open a door to our run */
    await post(http, stranger, path(other), form)
    const asked = await http
      .get(path(other))
      .qs({ run: run.id })
      .withGuard('portal')
      .loginAs(stranger)
    assert.notInclude(asked.text(), `value="${run.id}"`)

    const reader = await aMember(mine, 'reader')
    const seen = await http.get(path(run)).withGuard('portal').loginAs(reader)
    seen.assertStatus(200)
    assert.notInclude(seen.text(), 'name="decision"')
    for (const to of [path(run), `${path(run)}/relaunch`]) {
      await post(http, reader, to, form)
      assert.lengthOf(await seqsOf(run), 3)
    }
    ;(
      await http
        .get(`${path(run)}/decide`)
        .qs({ run: run.id, decision: 'rejected', all: '1' })
        .withGuard('portal')
        .loginAs(reader)
    ).assertStatus(403)
    assert.equal(
      await settleUncertain({
        accountId: theirs.accountId,
        runId: run.id,
        decision: 'rejected',
        by: theirs.by,
      }),
      0
    )
    assert.isEmpty(await decisionsOf(run))
    assert.isEmpty((await listUncertain({ accountId: theirs.accountId, runId: run.id })).rows)
  })

  test('of a run that is over become a list and a draft with a price of its own, once', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const run = await aRunWithUnknown(client, { live: false })
    const owner = await User.findOrFail(client.userId)
    const [first] = await seqsOf(run)
    const held = await client.available()
    const page = await http.get(path(run)).withGuard('portal').loginAs(owner)
    page.assertTextIncludes('Relancer ces contacts')
    assert.notInclude(page.text(), 'value="resend"')
    const late = await post(http, owner, path(run), {
      run: run.id,
      decision: 'resend',
      all: '1',
      count: 3,
    }).redirects(1)
    assert.lengthOf(await seqsOf(run), 3)
    late.assertStatus(200)

    const made = await post(http, owner, `${path(run)}/relaunch`, {
      'run': run.id,
      'seqs[]': [first],
    })
    const draftId = /campaigns\/([0-9a-f-]{36})/.exec(made.header('location') ?? '')?.[1]
    const draft = await Campaign.in(client.accountId).where('id', String(draftId)).firstOrFail()
    assert.deepInclude(draft.$attributes, {
      state: 'draft',
      name: 'Relance de Essai',
      brief: { subject: 'Bonjour', text: 'Bonjour' },
    })
    const people = () =>
      sql<{ email: string }>(
        'select c.email from contact_list_members m join contacts c on c.id = m.contact_id where m.list_id = any($1::uuid[])',
        [draft.listIds]
      )
    assert.deepEqual(await people(), [{ email: 'unknown1@a.example' }])
    assert.equal(await client.available(), held)
    assert.lengthOf(await seqsOf(run), 3)

    const again = await post(http, owner, `${path(run)}/relaunch`, {
      'run': run.id,
      'seqs[]': [first],
    }).redirects(1)
    again.assertStatus(200)
    assert.deepEqual(await decisionsOf(run), [
      { decision: 'relaunched', by_name: 'Awa Koné', why: '', n: 1 },
    ])
    assert.lengthOf(
      await sql(`select 1 from campaigns where account_id = $1::uuid`, [client.accountId]),
      2
    )
  })

  test('are settled by administrators as well, and only looked at by support', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const run = await aRunWithUnknown(client, { live: false })
    const [admin, support] = [await aStaffMember('admin'), await aStaffMember('support')]
    const form = { run: run.id, decision: 'rejected', all: '1', count: 3 }
    const send = (staff: typeof admin) =>
      http
        .post(path(run, 'admin'))
        .withGuard('admin')
        .loginAs(staff)
        .withCsrfToken()
        .redirects(0)
        .form(form)
    const seen = await http.get(path(run, 'admin')).withGuard('admin').loginAs(support)
    seen.assertStatus(200)
    assert.notInclude(seen.text(), 'name="decision"')
    ;(await send(support)).assertStatus(403)
    assert.lengthOf(await seqsOf(run), 3)
    ;(await http.get(path(run, 'admin')).withGuard('admin').loginAs(admin)).assertTextIncludes(
      'Le client peut relancer'
    )
    ;(await send(admin)).assertStatus(302)
    assert.deepEqual(await decisionsOf(run), [
      { decision: 'rejected', by_name: 'Ama Diop', why: '', n: 3 },
    ])
  })

  test('are read page by page, forth and back', async ({ assert }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, 120)
    await sql(`update deliveries set state = 'uncertain' where run_id = $1`, [run.id])
    await sql('update campaign_runs set uncertain = 120, pending = 0 where id = $1', [run.id])
    const page = (o: { after?: number; before?: number }) =>
      listUncertain({ accountId: client.accountId, runId: run.id, ...o })
    const one = await page({})
    assert.deepEqual([one.rows[0].seq, one.rows.length, one.previous, one.next], [1, 50, null, 50])
    const two = await page({ after: 50 })
    assert.deepEqual([two.rows[0].seq, two.rows.length, two.previous, two.next], [51, 50, 51, 100])
    const three = await page({ after: 100 })
    assert.deepEqual([three.rows.length, three.previous, three.next], [20, 101, null])
    const back = await page({ before: 101 })
    assert.deepEqual(
      [back.rows[0].seq, back.rows.length, back.previous, back.next],
      [51, 50, 51, 100]
    )
    assert.isNull((await page({ before: 51 })).previous)
  })
})
