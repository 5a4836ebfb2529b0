import { DateTime } from 'luxon'
import { test } from '@japa/runner'
import { approveCeiling } from '#core/campaigns/occurrences/approve_ceiling'
import { campaignStory } from '#core/campaigns/overview/campaign_story'
import { cancelCampaign } from '#core/campaigns/lifecycle/cancel_campaign'
import { changePace } from '#core/campaigns/sending/change_pace'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { CeilingTooLowError, CampaignStateError } from '#core/campaigns/errors'
import { findCampaign } from '#core/campaigns/find_campaign'
import type Campaign from '#core/campaigns/models/campaign'
import { occurrenceList } from '#core/campaigns/occurrences/occurrence_list'
import { pauseCampaign } from '#core/campaigns/lifecycle/pause_campaign'
import { publishCampaign } from '#core/campaigns/lifecycle/publish_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { readSchedule } from '#core/schedules/read_schedule'
import { resumeCampaign } from '#core/campaigns/lifecycle/resume_campaign'
import { runDueOccurrences } from '#core/campaigns/occurrences/run_due_occurrences'
import { saveSending } from '#core/campaigns/sending/save_sending'
import type { Sending } from '#core/campaigns/sending/sending'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { creditWallet } from '#core/ledger/credit_wallet'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aList, aService, booksAreWrong, runJobs, type Client } from '#tests/line_kit'

const GRACE = 6
/** A Monday, eight in Abidjan: the clock of these tests, which never waits */
const LAUNCH = new Date('2027-03-01T08:00:00Z')
const at = (text: string) => new Date(`2027-03-${text}:00Z`)
const tick = (now: Date) => runDueOccurrences({ now, graceHours: GRACE })

const DAILY: Sending = {
  when: 'repeat',
  timetable: {
    zone: 'Africa/Abidjan',
    startsAt: '2027-03-01T09:00:00',
    recurrence: 'FREQ=DAILY',
    until: null,
    count: null,
  },
  pacePerHour: null,
  deadlineHours: null,
  quiet: null,
  cap: null,
  canaryPercent: null,
}

/** A campaign at 10 F CFA a message that somebody has agreed to */
async function approved(o: {
  client: Client
  listIds: string[]
  sending?: Partial<Sending>
  timetable?: Partial<NonNullable<Sending['timetable']>>
  ceiling?: bigint
}): Promise<Campaign> {
  const service = await aService('fixture_messaging')
  const { client } = o
  const made = await createCampaign({
    accountId: client.accountId,
    service,
    name: 'Chaque jour',
    brief: { subject: 'Bonjour', text: 'Bonjour {{ contact.first_name }}' },
    listIds: o.listIds,
    by: client.by,
  })
  await saveSending({
    campaign: made,
    sending: {
      ...DAILY,
      ...o.sending,
      timetable: DAILY.timetable && { ...DAILY.timetable, ...o.timetable },
    },
  })
  const quote = await quoteCampaign({
    campaign: await findCampaign(client.accountId, made.id),
    by: client.by,
    now: LAUNCH,
  })
  const campaign = await findCampaign(client.accountId, made.id)
  await publishCampaign({
    campaign,
    quoteId: quote.id,
    ceiling: o.ceiling ?? null,
    by: client.by,
    now: LAUNCH,
  })
  return findCampaign(client.accountId, made.id)
}

const own = (campaign: Campaign) => ({ campaignId: campaign.id, accountId: campaign.accountId })
const again = (campaign: Campaign) => findCampaign(campaign.accountId, campaign.id)
const stateOf = async (campaign: Campaign) => (await again(campaign)).state
const nextOf = async (campaign: Campaign) => (await readSchedule(own(campaign)))?.nextAt ?? null
const lastLine = async (campaign: Campaign) => (await campaignStory(own(campaign))).at(-1)
const holdsOf = (campaign: Campaign) =>
  sql<{ n: number; held: bigint; captured: bigint; released: bigint; state: string }>(
    'select n, held, captured, released, state from campaign_holds where campaign_id = $1 order by n',
    [campaign.id]
  )
const runsOf = (campaign: Campaign) =>
  sql<{ n: number; hold_n: number; audience: number; occurrence_at: Date; state: string }>(
    'select n, hold_n, audience, occurrence_at, state from campaign_runs where campaign_id = $1 order by n',
    [campaign.id]
  )
const outcomesOf = (campaign: Campaign) =>
  sql<{ at: string; outcome: string; reason: string | null }>(
    `select to_char(occurrence_at at time zone 'utc', 'DD"T"HH24:MI') at, outcome, reason from campaign_occurrences where campaign_id = $1 order by occurrence_at`,
    [campaign.id]
  )
const join = (client: Client, list: string, email: string) =>
  sql(
    `with made as (insert into contacts (account_id, email, first_name, consent) values ($1, $2, 'Awa', 'granted') returning id)
     insert into contact_list_members (list_id, contact_id) select $3, id from made`,
    [client.accountId, email, list]
  )

test.group('Occurrences of a campaign that recurs', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  /** Each test walks the same days: what another left scheduled must not be due in it */
  group.each.teardown(async () => {
    await sql(`update campaign_schedules set state = 'over', next_at = null where state = 'active'`)
  })

  test('are runs of their own, each with its audience, its quote and its hold', async ({
    assert,
  }) => {
    const client = await aClient()
    const list = await aList(client, 3)
    const campaign = await approved({ client, listIds: [list], ceiling: 100n })
    assert.equal(await stateOf(campaign), 'scheduled')
    assert.equal(await client.held(), 0n, 'nothing is set aside when it is approved')
    assert.deepEqual(await tick(at('01T08:59')), [])

    assert.deepEqual(await tick(at('01T09:00')), ['made'])
    assert.equal(await stateOf(campaign), 'running')
    assert.equal(await client.held(), 30n)
    await runJobs()
    assert.equal(await stateOf(campaign), 'scheduled', 'between two occurrences')
    assert.deepEqual(await nextOf(campaign), at('02T09:00'))

    await join(client, list, 'new@example.com')
    assert.deepEqual(await tick(at('02T09:01')), ['made'])
    await runJobs()
    assert.deepEqual(
      (await runsOf(campaign)).map((run) => [run.n, run.hold_n, run.audience, run.state]),
      [
        [1, 1, 3, 'finished'],
        [2, 2, 4, 'finished'],
      ]
    )
    assert.deepEqual(
      (await holdsOf(campaign)).map((hold) => [hold.n, hold.held, hold.captured, hold.state]),
      [
        [1, 30n, 30n, 'settled'],
        [2, 40n, 40n, 'settled'],
      ]
    )
    assert.equal(await client.available(), 99_930n)
    const list1 = await occurrenceList({ ...own(campaign), cursor: null })
    assert.deepEqual(
      list1.rows.map((row) => [row.outcome, row.accepted, row.captured]),
      [
        ['made', 4, 40n],
        ['made', 3, 30n],
      ]
    )
    assert.isEmpty(await booksAreWrong())
  })

  test('settle the hold of their own run, and no other', async ({ assert }) => {
    const client = await aClient()
    const list = await aList(client, ['a@example.com', 'unknown@example.com'])
    const campaign = await approved({ client, listIds: [list] })
    await tick(at('01T09:00'))
    await runJobs()
    await tick(at('02T09:00'))
    assert.deepEqual(
      (await holdsOf(campaign)).map((hold) => [hold.captured, hold.released, hold.state]),
      [
        [10n, 10n, 'settled'],
        [0n, 0n, 'open'],
      ]
    )
    await runJobs()
    assert.deepEqual(
      (await holdsOf(campaign)).map((hold) => [hold.captured, hold.released]),
      [
        [10n, 10n],
        [10n, 10n],
      ]
    )
    assert.isEmpty(await booksAreWrong())
  })

  test('are made once, by however many schedulers', async ({ assert }) => {
    const client = await aClient()
    const campaign = await approved({ client, listIds: [await aList(client, 2)] })
    const ends = (await Promise.all([1, 2, 3, 4].map(() => tick(at('01T09:00'))))).flat()
    assert.lengthOf(
      ends.filter((end) => end === 'made'),
      1
    )
    assert.isTrue(ends.every((end) => end === 'made' || end === 'taken'))
    assert.lengthOf(await runsOf(campaign), 1)
    assert.lengthOf(await holdsOf(campaign), 1)
    assert.equal(await client.held(), 20n)
    await runJobs()
  })

  test('end after their number, and the campaign with them', async ({ assert }) => {
    const client = await aClient()
    const campaign = await approved({
      client,
      listIds: [await aList(client, 1)],
      timetable: { count: 2 },
    })
    await tick(at('01T09:00'))
    await runJobs()
    await tick(at('02T09:00'))
    assert.equal((await readSchedule(own(campaign)))?.state, 'over')
    await runJobs()
    assert.equal(await stateOf(campaign), 'finished')
    assert.deepEqual(await tick(at('03T09:00')), [])
  })

  test('above the ceiling are not sent: the campaign pauses and says why, and goes on when people agree', async ({
    assert,
  }) => {
    const client = await aClient()
    const list = await aList(client, 2)
    const campaign = await approved({ client, listIds: [list] })
    await join(client, list, 'third@example.com')
    assert.deepEqual(await tick(at('01T09:00')), ['refused'])
    assert.equal(await stateOf(campaign), 'paused')
    assert.equal(await client.held(), 0n)
    assert.isEmpty(await runsOf(campaign))
    const line = await lastLine(campaign)
    assert.equal(line?.what, 'over_ceiling')
    assert.deepInclude(line?.data, { amount: '30', ceiling: '20' })
    assert.deepEqual(await tick(at('01T09:01')), [], 'it waits for people')

    await approveCeiling({ campaign, ceiling: 30n, by: client.by })
    await resumeCampaign({ campaign, by: client.by, now: at('01T18:00') })
    assert.equal(await stateOf(campaign), 'scheduled')
    assert.deepEqual(await tick(at('01T18:00')), ['made'], 'nine hours late, and asked for')
    await runJobs()
    assert.deepEqual(await outcomesOf(campaign), [
      { at: '01T09:00', outcome: 'made', reason: null },
    ])
    assert.deepEqual(await nextOf(campaign), at('02T09:00'))
    assert.isEmpty(await booksAreWrong())
  })

  test('that the wallet does not hold are not sent, and leave nothing behind', async ({
    assert,
  }) => {
    const client = await aClient({ credit: 15n })
    const campaign = await approved({ client, listIds: [await aList(client, 2)] })
    assert.deepEqual(await tick(at('01T09:00')), ['refused'])
    assert.equal((await lastLine(campaign))?.what, 'no_funds')
    assert.equal(await client.available(), 15n)
    assert.isEmpty(await holdsOf(campaign))
    assert.isEmpty(await runsOf(campaign))

    await creditWallet({
      accountId: client.accountId,
      currency: 'XOF',
      amount: 100n,
      reason: 'test',
      by: SYSTEM,
      key: `${client.accountId}:2`,
    })
    await resumeCampaign({ campaign, by: client.by, now: at('01T10:00') })
    assert.deepEqual(await tick(at('01T10:00')), ['made'])
    await runJobs()
    assert.equal(await client.available(), 95n)
    assert.isEmpty(await booksAreWrong())
  })

  test('that are late are made when the system comes back, and recorded as missed when too old', async ({
    assert,
  }) => {
    const client = await aClient()
    const campaign = await approved({ client, listIds: [await aList(client, 1)] })
    assert.deepEqual(await tick(at('01T14:59')), ['made'], 'within six hours')
    await runJobs()
    assert.deepEqual(await tick(at('04T10:00')), ['missed', 'missed', 'made'])
    await runJobs()
    assert.deepEqual(await outcomesOf(campaign), [
      { at: '01T09:00', outcome: 'made', reason: null },
      { at: '02T09:00', outcome: 'missed', reason: 'late' },
      { at: '03T09:00', outcome: 'missed', reason: 'late' },
      { at: '04T09:00', outcome: 'made', reason: null },
    ])
    const told = (await campaignStory(own(campaign))).filter(
      (one) => one.what === 'occurrence_missed'
    )
    assert.lengthOf(told, 2)
    assert.lengthOf(await holdsOf(campaign), 2)
  })

  test('wait for the run before, and are recorded as missed when it takes too long', async ({
    assert,
  }) => {
    const client = await aClient()
    const campaign = await approved({
      client,
      listIds: [await aList(client, 1)],
      timetable: { recurrence: 'FREQ=HOURLY' },
    })
    await tick(at('01T09:00'))
    assert.deepEqual(await tick(at('01T10:00')), [], 'one run at a time')
    await runJobs()
    assert.deepEqual(await tick(at('01T10:30')), ['made'], 'made once, after the run before')
    await runJobs()
    /** The run's end is told by the real clock: say that it came at 19:00 */
    await sql(`update campaign_schedules set waiting = 'busy' where campaign_id = $1`, [
      campaign.id,
    ])
    assert.deepEqual((await tick(at('01T19:00'))).slice(0, 3), ['missed', 'missed', 'made'])
    assert.deepEqual((await outcomesOf(campaign)).slice(2), [
      { at: '01T11:00', outcome: 'missed', reason: 'busy' },
      { at: '01T12:00', outcome: 'missed', reason: 'late' },
      { at: '01T13:00', outcome: 'made', reason: null },
    ])
    await runJobs()
  })

  test('that fall into a pause are left out; a pause between two stops nothing else', async ({
    assert,
  }) => {
    const client = await aClient()
    const campaign = await approved({ client, listIds: [await aList(client, 1)] })
    await pauseCampaign({ campaign, by: client.by })
    assert.deepEqual(await tick(at('01T09:00')), [])
    await resumeCampaign({ campaign, by: client.by, now: at('01T10:00') })
    assert.equal(await stateOf(campaign), 'scheduled')
    assert.deepEqual(await tick(at('01T10:00')), ['missed'])
    assert.deepEqual(await outcomesOf(campaign), [
      { at: '01T09:00', outcome: 'missed', reason: 'paused' },
    ])
    assert.deepEqual(await tick(at('02T09:00')), ['made'])

    await pauseCampaign({ campaign, by: client.by })
    await resumeCampaign({ campaign, by: client.by, now: new Date() })
    assert.equal(await stateOf(campaign), 'running', 'its run goes on')
    await runJobs()
    assert.equal(await stateOf(campaign), 'scheduled')
  })

  test('stop for good when the campaign is cancelled between two', async ({ assert }) => {
    const client = await aClient()
    const campaign = await approved({ client, listIds: [await aList(client, 1)] })
    await cancelCampaign({ campaign, by: client.by })
    assert.equal((await readSchedule(own(campaign)))?.state, 'over')
    assert.deepEqual(await tick(at('01T09:00')), [])
    assert.equal(await client.available(), 100_000n)
  })

  test('of a closed account wait, and are missed when that takes too long', async ({ assert }) => {
    const client = await aClient()
    const campaign = await approved({ client, listIds: [await aList(client, 1)] })
    await sql(`update accounts set status = 'suspended' where id = $1`, [client.accountId])
    assert.deepEqual(await tick(at('01T09:00')), ['waiting'])
    assert.equal((await readSchedule(own(campaign)))?.waiting, 'closed')
    assert.deepEqual(await tick(at('01T15:01')), ['missed'])
    assert.deepEqual(await outcomesOf(campaign), [
      { at: '01T09:00', outcome: 'missed', reason: 'closed' },
    ])
    await sql(`update accounts set status = 'active' where id = $1`, [client.accountId])
  })
})

test.group('Campaigns for newcomers', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql(`update campaign_schedules set state = 'over', next_at = null where state = 'active'`)
  })

  test('reach everybody first, then those who joined since, and nobody twice', async ({
    assert,
  }) => {
    const client = await aClient()
    const list = await aList(client, 3)
    const campaign = await approved({
      client,
      listIds: [list],
      sending: { when: 'newcomers' },
      timetable: { startsAt: null, recurrence: 'FREQ=HOURLY' },
    })
    assert.deepEqual(await nextOf(campaign), LAUNCH, 'begins with the launch')
    assert.deepEqual(await tick(LAUNCH), ['made'])
    await runJobs()
    assert.deepEqual(await tick(at('01T09:00')), ['nobody'])
    assert.equal(await client.held(), 0n)

    await join(client, list, 'newcomer@example.com')
    assert.deepEqual(await tick(at('01T10:00')), ['made'])
    assert.equal(await client.held(), 10n, 'one person is quoted and paid')
    await runJobs()
    const [{ sent, people }] = await sql<{ sent: number; people: number }>(
      `select count(*)::int sent, count(distinct address)::int people from deliveries d join campaign_runs r on r.id = d.run_id where r.campaign_id = $1 and d.state = 'accepted'`,
      [campaign.id]
    )
    assert.deepEqual([sent, people], [4, 4])
    const { rows, nobody } = await occurrenceList({ ...own(campaign), cursor: null })
    assert.deepEqual([rows.length, nobody], [2, 1])
    assert.isEmpty(await booksAreWrong())
  })

  test('reach who agrees later, and write nobody down twice for the same reason', async ({
    assert,
  }) => {
    const client = await aClient()
    const list = await aList(client, ['yes@example.com', 'later@example.com', 'never@example.com'])
    const agree = (email: string, consent: string) =>
      sql('update contacts set consent = $3 where account_id = $1 and email = $2', [
        client.accountId,
        email,
        consent,
      ])
    await agree('later@example.com', 'unknown')
    await agree('never@example.com', 'refused')
    const campaign = await approved({
      client,
      listIds: [list],
      sending: { when: 'newcomers' },
      timetable: { startsAt: null, recurrence: 'FREQ=HOURLY' },
    })
    await tick(LAUNCH)
    await runJobs()
    await agree('later@example.com', 'granted')
    assert.deepEqual(await tick(at('01T09:00')), ['made'])
    await runJobs()
    const rows = await sql<{ n: number; address: string; state: string }>(
      `select r.n, d.address, d.state from deliveries d join campaign_runs r on r.id = d.run_id where r.campaign_id = $1 order by 1, 2`,
      [campaign.id]
    )
    assert.deepEqual(
      rows.map((row) => [row.n, row.address.split('@')[0], row.state]),
      [
        [1, 'later', 'excluded'],
        [1, 'never', 'excluded'],
        [1, 'yes', 'accepted'],
        [2, 'later', 'accepted'],
      ]
    )
  })
})

test.group('A campaign at a time', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql(`update campaign_schedules set state = 'over', next_at = null where state = 'active'`)
  })
  const once = (client: Client, list: string) =>
    approved({
      client,
      listIds: [list],
      sending: { when: 'at' },
      timetable: { recurrence: 'once' },
    })

  test('is paid when it is launched, starts at its time and is finished after it', async ({
    assert,
  }) => {
    const client = await aClient()
    const campaign = await once(client, await aList(client, 2))
    assert.equal(await client.held(), 20n)
    assert.deepEqual(await tick(at('01T09:00')), ['made'])
    await runJobs()
    assert.equal(await stateOf(campaign), 'finished')
    assert.lengthOf(await holdsOf(campaign), 1)
    assert.equal(await client.available(), 99_980n)
  })

  test('whose time passed while the system was stopped asks people, and keeps their money', async ({
    assert,
  }) => {
    const client = await aClient()
    const campaign = await once(client, await aList(client, 2))
    assert.deepEqual(await tick(at('02T09:00')), ['refused'])
    assert.equal((await lastLine(campaign))?.what, 'start_late')
    assert.equal(await client.held(), 20n)
    await resumeCampaign({ campaign, by: client.by, now: at('02T10:00') })
    assert.deepEqual(await tick(at('02T10:00')), ['made'])
    await runJobs()
    assert.equal(await stateOf(campaign), 'finished')
  })

  test('gives its money back when it is cancelled before', async ({ assert }) => {
    const client = await aClient()
    const campaign = await once(client, await aList(client, 2))
    await cancelCampaign({ campaign, by: client.by })
    assert.equal(await client.available(), 100_000n)
    assert.deepEqual(await tick(at('01T09:00')), [])
  })
})

test.group('What people may change while it goes', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql(`update campaign_schedules set state = 'over', next_at = null where state = 'active'`)
  })

  test('the pace, with a line of history', async ({ assert }) => {
    const client = await aClient()
    const campaign = await approved({ client, listIds: [await aList(client, 1)] })
    await changePace({ campaign, perHour: 1_000, by: client.by })
    assert.equal((await again(campaign)).pacePerHour, 1_000)
    assert.deepInclude(await lastLine(campaign), {
      what: 'pace_changed',
      data: { from: null, to: 1_000 },
      by: 'Awa Koné',
    })
    await cancelCampaign({ campaign, by: client.by })
    await assert.rejects(
      () => changePace({ campaign, perHour: null, by: client.by }),
      CampaignStateError as never
    )
  })

  test('the ceiling, never to nothing and never of what is over', async ({ assert }) => {
    const client = await aClient()
    const campaign = await approved({ client, listIds: [await aList(client, 1)] })
    await assert.rejects(
      () => approveCeiling({ campaign, ceiling: 0n, by: client.by }),
      CeilingTooLowError as never
    )
    await approveCeiling({ campaign, ceiling: 500n, by: client.by })
    assert.equal((await readSchedule(own(campaign)))?.ceiling, 500n)
    await cancelCampaign({ campaign, by: client.by })
    await assert.rejects(
      () => approveCeiling({ campaign, ceiling: 600n, by: client.by }),
      CampaignStateError as never
    )
  })

  test('a ceiling below the price that is shown is not taken', async ({ assert }) => {
    const client = await aClient()
    const list = await aList(client, 2)
    await assert.rejects(
      () => approved({ client, listIds: [list], ceiling: 19n }),
      CeilingTooLowError as never
    )
  })
})

test('the deadline of a run counts from its launch', async ({ assert }) => {
  pluginKernel.addFolder(fixtures)
  await pluginKernel.refresh()
  const client = await aClient()
  const campaign = await approved({
    client,
    listIds: [await aList(client, 1)],
    sending: { deadlineHours: 12 },
  })
  await tick(at('01T09:30'))
  const [run] = await sql<{ deadline_at: Date }>(
    'select deadline_at from campaign_runs where campaign_id = $1',
    [campaign.id]
  )
  assert.equal(
    run.deadline_at.getTime(),
    DateTime.fromJSDate(at('01T09:30')).plus({ hours: 12 }).toMillis()
  )
})
