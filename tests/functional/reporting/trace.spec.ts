import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ace from '@adonisjs/core/services/ace'
import { test } from '@japa/runner'
import { importContacts } from '#core/audience/imports/import_contacts'
import { startImport, uploadImport } from '#core/audience/imports/start_import'
import { createList } from '#core/audience/lists/create_list'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { createPool } from '#core/database/pool'
import { sql } from '#core/database/sql'
import pluginKernel from '#core/plugins/main'
import { readDeliveryKey } from '#core/reporting/trace/delivery_key'
import { deliveriesTo, traceDelivery } from '#core/reporting/trace/trace_delivery'
import { TRACE_STEPS } from '#core/reporting/trace/trace_steps'
import { newTrackingEvent } from '#core/tracking/tracking_event'
import { recordEvents } from '#core/tracking/recording/record_events'
import TraceCommand from '#start/commands/trace'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aService, runJobs } from '#tests/line_kit'

const ROOT = new URL('../../../', import.meta.url)

/** A file of contacts is imported, and its people are written to; the run's number */
async function aWholeLine(rows: readonly string[]): Promise<number> {
  const client = await aClient()
  const path = join(await mkdtemp(join(tmpdir(), 'griot-trace-')), 'clients.csv')
  await writeFile(path, ['email;prenom;consentement', ...rows].join('\n'))
  const list = await createList({ accountId: client.accountId, name: 'Clients', by: client.by })
  const upload = await uploadImport({
    accountId: client.accountId,
    path,
    fileName: 'clients.csv',
    country: 'CI',
    by: client.by,
  })
  await startImport({ accountId: client.accountId, importId: upload.id, listId: list.id })
  await importContacts({ importId: upload.id })

  const { id } = await createCampaign({
    accountId: client.accountId,
    service: await aService('fixture_messaging'),
    name: 'Soldes de novembre',
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [list.id],
    by: client.by,
  })
  const draft = await findCampaign(client.accountId, id)
  const quote = await quoteCampaign({ campaign: draft, by: client.by, now: new Date() })
  const campaign = await findCampaign(client.accountId, id)
  await payCampaign({ campaign, quoteId: quote.id, by: client.by, now: new Date() })
  await launchCampaign({ campaign, by: client.by, now: new Date() })
  await runJobs()
  const [run] = await sql<{ id: number }>('select id from campaign_runs where campaign_id = $1', [
    id,
  ])
  return run.id
}

async function traceTo(runId: number, address: string) {
  const key = (await deliveriesTo(address)).find((one) => one.runId === runId)
  const trace = key && (await traceDelivery(key))
  if (!trace) throw new Error(`nothing for ${address}`)
  return trace
}

test.group('The trace of a recipient', (group) => {
  let runId = 0
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
    runId = await aWholeLine([
      'trace@example.com;Awa;oui',
      'reject.trace@example.com;Koffi;oui',
      'refuses.trace@example.com;Ali;non',
    ])
  })

  test('goes from the import to the report, in the order of the line', async ({ assert }) => {
    const { seq } = (await deliveriesTo('trace@example.com')).find((one) => one.runId === runId)!
    const pool = createPool({ max: 1, name: 'tests' })
    await recordEvents(pool, [
      newTrackingEvent({
        key: `clicked:${seq}:trace`,
        of: { runId, seq },
        kind: 'clicked',
        link: 0,
        userAgent: 'Mozilla/5.0 (Linux; Android 13) Chrome/126.0 Mobile',
        at: new Date(Date.now() + 60_000),
      }),
    ])
    await pool.end()

    const trace = await traceTo(runId, 'trace@example.com')
    assert.deepEqual(
      trace.steps.map(({ step }) => step),
      [
        'import',
        'import',
        'brief',
        'quote',
        'hold',
        'launch',
        'expansion',
        'lease',
        'hand over',
        'rendering',
        'sending',
        'outcome',
        'event',
        'end',
        'report',
      ]
    )
    const said = trace.steps.map(({ step, what }) => `${step}: ${what}`).join('\n')
    assert.include(said, 'import: consent granted, from clients.csv')
    assert.include(said, 'quote: 2 reachable')
    assert.include(said, 'outcome: accepted')
    assert.include(said, 'event: clicked')
    assert.include(said, 'audience 3 = accepted 1 + rejected 1 + uncertain 0 + excluded 1 + open 0')
    const hours = trace.steps.flatMap(({ at }) => (at ? [at.getTime()] : []))
    assert.deepEqual(
      hours.slice(0, -2),
      hours.slice(0, -2).toSorted((a, b) => a - b)
    )
  })

  test('says why somebody was refused or left out', async ({ assert }) => {
    const refused = await traceTo(runId, 'reject.trace@example.com')
    assert.include(refused.steps.find(({ step }) => step === 'outcome')!.what, 'rejected: ')
    const out = await traceTo(runId, 'refuses.trace@example.com')
    assert.equal(out.state, 'excluded')
    assert.match(out.steps.find(({ step }) => step === 'expansion')!.what, /excluded, \w+/)
    assert.notInclude(
      out.steps.map(({ step }) => step),
      'sending'
    )
  })

  test('outlives its contact', async ({ assert }) => {
    const lone = await aWholeLine(['gone.trace@example.com;Awa;oui'])
    await sql(`delete from contacts where email = 'gone.trace@example.com'`)
    const trace = await traceTo(lone, 'gone.trace@example.com')
    assert.equal(trace.steps[0].what, 'the contact was deleted since')
  })

  test('is printed by `./ace trace`, with the files of each step, by key and by address', async ({
    assert,
  }) => {
    const { key } = await traceTo(runId, 'trace@example.com')
    for (const named of [key, 'Trace@example.com']) {
      const command = await ace.create(TraceCommand, [named])
      command.ui.switchMode('raw')
      await command.exec()
      command.assertSucceeded()
      const lines = command.ui.logger.getLogs().map(({ message }) => message)
      assert.isTrue(lines[0].startsWith(`${key}  trace@example.com  accepted`))
      const files = lines.map((line) => line.trim()).filter((line) => /^\w+\/.*\.\w+$/.test(line))
      assert.includeMembers(files, [
        'core/audience/imports/merge_contacts.ts',
        'core/delivery/dispatch/settle_window.ts',
        'core/reporting/report/campaign_report.ts',
      ])
      assert.deepEqual([...new Set(files)], files)
    }
  })

  test('is refused with a sentence for what was never to be sent', async ({ assert }) => {
    for (const named of ['9999999.1', 'nobody@example.com', 'x']) {
      const command = await ace.create(TraceCommand, [named])
      command.ui.switchMode('raw')
      await command.exec()
      command.assertFailed()
      assert.include(command.ui.logger.getLogs()[0].message, named)
    }
    assert.deepEqual(readDeliveryKey('12.345'), { runId: 12, seq: 345 })
    for (const text of ['12', '12.', '1.2.3', '-1.2', '99999999999.1', "1.1'"])
      assert.isNull(readDeliveryKey(text))
  })

  test('names files that are there, and the documentation walks the same way', ({ assert }) => {
    const documentation = readFileSync(new URL('docs/architecture.md', ROOT), 'utf8')
    const files = new Set(Object.values(TRACE_STEPS).flat())
    for (const file of files) {
      assert.isTrue(existsSync(new URL(file, ROOT)), file)
      assert.include(documentation, `\`${file}\``)
    }
    for (const step of Object.keys(TRACE_STEPS)) assert.include(documentation, `| ${step} |`)
    const { uncertain, receipt, ...ordinary } = TRACE_STEPS
    assert.isNotEmpty([...uncertain, ...receipt])
    assert.isAtMost(new Set(Object.values(ordinary).flat()).size, 45)
  })
})
