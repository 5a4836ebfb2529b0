import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import type { AnswerFact } from '@griot/sdk'
import { sql } from '#core/database/sql'
import { reportFacts } from '#core/facts/report_facts'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, runJobs } from '#tests/line_kit'
import { anExpandedRun } from '../delivery/run_kit.js'

const PLUGIN = 'fixture_messaging'

async function somebodyAsked() {
  const client = await aClient()
  const address = `q${randomUUID().slice(0, 8)}@asked.example`
  const run = await anExpandedRun(client, [address])
  await runJobs()
  const fields = async () => {
    const [contact] = await sql<{ fields: Record<string, string> }>(
      'select fields from contacts where account_id = $1',
      [client.accountId]
    )
    return contact.fields
  }
  const answer = (field: string, value: string, o: Partial<AnswerFact> = {}): AnswerFact => ({
    kind: 'answer',
    id: randomUUID(),
    at: new Date(),
    from: address,
    field,
    value,
    ...o,
  })
  return { client, run, fields, answer }
}

const tell = (...facts: unknown[]) => reportFacts({ pluginId: PLUGIN, facts, now: new Date() })
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)

test.group('What somebody answers to a question', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql('delete from parked_facts')
  })

  test('becomes a field of the contact; the newest counts, once, in whatever order it is told', async ({
    assert,
  }) => {
    const { run, fields, answer } = await somebodyAsked()
    const newest = answer('Taille', 'XL', { at: ago(1) })
    assert.include(await tell(newest, answer('Couleur préférée', 'Bleu')), { recorded: 2 })
    assert.include(await tell(answer('Taille', 'M', { at: ago(10) }), newest), {
      recorded: 1,
      repeated: 1,
    })
    assert.deepEqual(await fields(), { 'Taille': 'XL', 'Couleur préférée': 'Bleu' })
    await tell(answer('Taille', 'S', { inReplyTo: { deliveryId: `${run.id}.1` } }))
    assert.include(await fields(), { Taille: 'S' })
  })

  test('is no field that every contact has, nor anything that is no name', async ({ assert }) => {
    const { fields, answer } = await somebodyAsked()
    for (const field of ['email', ' First_Name ', '', ' ', '__proto__', 'a\nb', 'x'.repeat(61)])
      await assert.rejects(() => tell(answer(field, 'x')), /facts\[0\]: field/)
    assert.deepEqual(await fields(), {})
  })

  test('stays within bounds: text without what Postgres refuses, and no more fields than a contact may have', async ({
    assert,
  }) => {
    const { fields, answer } = await somebodyAsked()
    await tell(answer('note', `a\0\ud800${'x'.repeat(5_000)}`))
    assert.lengthOf((await fields()).note, 999)
    for (let n = 0; n < 3; n++)
      await tell(...Array.from({ length: 100 }, (_, m) => answer(`champ ${n} ${m}`, 'x')))
    assert.isAtMost(Object.keys(await fields()).length, 200)
  })

  test('of somebody who was never written to is nobody’s', async ({ assert }) => {
    const { answer, fields } = await somebodyAsked()
    assert.include(await tell(answer('Taille', 'M', { from: 'personne@nulle-part.example' })), {
      parked: 1,
    })
    assert.deepEqual(await fields(), {})
  })
})
