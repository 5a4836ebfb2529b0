import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { eventBuffer } from '#core/tracking/intake/event_buffer'
import { HIDDEN_LINK } from '#core/tracking/tracking_event'
import { copyRunLinks, knownRunLinks, runLinks } from '#core/tracking/links/run_links'
import { spoolFile } from '#core/database/spool/spool_file'
import { readTarget, readVisit, signToken, signVisit } from '#core/tracking/links/token'
import { trackingLinks } from '#core/tracking/links/tracking_links'
import { aSentRun, PHONE, rollups } from './tracking_kit.js'

const pathOf = (address: string) => new URL(address).pathname

test.group('Addresses in messages, before the framework', () => {
  test('answer as light as can be: no cookie, nothing kept, nothing told to the target', async ({
    client,
    assert,
  }) => {
    const run = await aSentRun()
    const links = trackingLinks({ runId: run, seq: 1 })
    const click = await client
      .get(pathOf(links.link(1)))
      .header('user-agent', PHONE)
      .redirects(0)
    click.assertStatus(302)
    assert.containsSubset(click.headers(), {
      'location': 'https://b.example.com/',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store, private',
      'content-length': '0',
    })
    assert.isUndefined(click.header('set-cookie'))

    const pixel = await client.get(pathOf(links.pixel)).header('user-agent', PHONE)
    assert.containsSubset(pixel.headers(), {
      'content-type': 'image/gif',
      'cache-control': 'no-store, private',
    })
    assert.isUndefined(pixel.header('set-cookie'))
    await eventBuffer.flush()
    assert.include((await rollups(run)).run, { opened: 1, clicked: 1 })
  })

  test('keep the signals: HEAD, the network behind our proxy, and the user agent', async ({
    client,
    assert,
  }) => {
    const run = await aSentRun()
    await client
      .head(`/c/${signToken('click', { runId: run, seq: 1, link: 0 })}`)
      .header('user-agent', PHONE)
      .header('x-forwarded-for', '10.1.1.1, 203.0.113.77')
      .redirects(0)
    await eventBuffer.flush()
    const events = await sql(
      'select head, ip_prefix, user_agent, verdict, reasons, device, classifier_version, since_accepted_ms > 500000 later from events where run_id = $1',
      [run]
    )
    assert.deepEqual(events, [
      {
        head: true,
        ip_prefix: '203.0.113.0/24',
        user_agent: PHONE,
        verdict: 'bot',
        reasons: ['head'],
        device: 'bot',
        classifier_version: 1,
        later: true,
      },
    ])
  })

  test('leave what is unusual to the framework: bad tokens and other methods get its pages', async ({
    client,
  }) => {
    const bad = await client.get(`/c/${'A'.repeat(31)}`).redirects(0)
    bad.assertStatus(404)
    bad.assertTextIncludes('Ce lien ne mène plus nulle part')
    const run = await aSentRun()
    const post = await client
      .post(`/c/${signToken('click', { runId: run, seq: 1, link: 0 })}`)
      .redirects(0)
    post.assertStatus(404)
  })

  test('lead who follows the hidden link to the message, and know it for a bot', async ({
    client,
    assert,
  }) => {
    const run = await aSentRun()
    const links = trackingLinks({ runId: run, seq: 1 })
    const hidden = await client.get(pathOf(links.hidden)).header('user-agent', PHONE).redirects(0)
    hidden.assertStatus(302)
    assert.match(hidden.header('location') ?? '', /^\/w\/[\w-]{31}$/)
    await eventBuffer.flush()
    const [event] = await sql<{ link: number; reasons: string[] }>(
      'select link, reasons from events where run_id = $1',
      [run]
    )
    assert.equal(event.link, HIDDEN_LINK)
    assert.include(event.reasons, 'hidden_link')
  })
})

test.group('Targets', () => {
  test('that are personal stand in the link, signed: any change makes it worthless', async ({
    client,
    assert,
  }) => {
    const run = await aSentRun({
      links: ['https://a.example.com/?ville={{ contact.city | url_encode }}'],
    })
    const target = 'https://a.example.com/?ville=San-P%C3%A9dro+%26+Cie'
    const path = pathOf(trackingLinks({ runId: run, seq: 1 }).link(0, target) ?? '')
    const reply = await client.get(path).header('user-agent', PHONE).redirects(0)
    reply.assertStatus(302)
    assert.equal(reply.header('location'), target)
    /** Without the run in memory, so without a look at Postgres */
    assert.isNull(knownRunLinks(run))

    const token = path.slice('/c/'.length)
    const evil = Buffer.from('https://evil.example.com/').toString('base64url')
    for (const broken of [
      `${token.slice(0, 32)}${evil}`,
      `${signToken('click', { runId: run, seq: 1 })}.${evil}`,
      `${token}A`,
      token.slice(0, -2),
    ]) {
      assert.isNull(readTarget(broken))
      ;(await client.get(`/c/${broken}`).redirects(0)).assertStatus(404)
    }
  })

  test('that are personal are never rendered a second time, and very long ones are not carried', async ({
    client,
    assert,
  }) => {
    const run = await aSentRun({ links: ['https://a.example.com/{{ contact.city }}'] })
    const bare = pathOf(trackingLinks({ runId: run, seq: 1 }).link(0))
    ;(await client.get(bare).header('user-agent', PHONE).redirects(0)).assertStatus(404)
    const long = `https://a.example.com/${'x'.repeat(2_000)}`
    assert.isNull(trackingLinks({ runId: run, seq: 1 }).link(0, long))
  })

  test('of every run are copied to this machine, and found there', async ({ assert }) => {
    const run = await aSentRun({ links: ['https://copied.example.com/'] })
    assert.isAbove(await copyRunLinks(), 0)
    assert.equal(await copyRunLinks(), 0)
    const [row] = await spoolFile.query<{ body: string }>(
      'select body from runs where run_id = ?',
      [run]
    )
    assert.deepEqual((JSON.parse(row.body) as { links: string[] }).links, [
      'https://copied.example.com/',
    ])
    /** Only the copy knows this: the row is gone from Postgres */
    await sql('delete from run_links where run_id = $1', [run])
    assert.deepEqual((await runLinks(run))?.links, ['https://copied.example.com/'])
  })

  test('are asked of Postgres when the copy on this machine cannot be read', async ({
    client,
    assert,
    cleanup,
  }) => {
    const run = await aSentRun({ links: ['https://disk.example.com/'] })
    await copyRunLinks()
    const query = spoolFile.query
    cleanup(() => {
      spoolFile.query = query
    })
    spoolFile.query = () => Promise.reject(new Error('SQLITE_IOERR: disk I/O error'))
    const reply = await client
      .get(`/c/${signToken('click', { runId: run, seq: 1, link: 0 })}`)
      .header('user-agent', PHONE)
      .redirects(0)
    reply.assertStatus(302)
    assert.equal(reply.header('location'), 'https://disk.example.com/')
  })

  test('are copied also when an earlier run was launched by a clock that ran ahead', async ({
    assert,
  }) => {
    const ahead = await aSentRun()
    await sql(`update campaign_runs set launched_at = now() + interval '30 days' where id = $1`, [
      ahead,
    ])
    await copyRunLinks()
    await aSentRun()
    assert.equal(await copyRunLinks(), 1)
  })
})

test.group('Landing pages', () => {
  test('are told of their visit only when the campaign asks for it', async ({ client, assert }) => {
    const run = await aSentRun()
    const path = pathOf(trackingLinks({ runId: run, seq: 1 }).link(0))
    const plain = await client.get(path).header('user-agent', PHONE).redirects(0)
    assert.notInclude(plain.header('location') ?? '', 'gk=')

    const asked = await aSentRun()
    await sql('update campaign_runs set measure_dwell = true where id = $1', [asked])
    const reply = await client
      .get(pathOf(trackingLinks({ runId: asked, seq: 3 }).link(2)))
      .header('user-agent', PHONE)
      .redirects(0)
    const token = new URL(reply.header('location') ?? '').searchParams.get('gk') ?? ''
    assert.containsSubset(readVisit(token), { runId: asked, seq: 3, link: 2 })
  })

  test('tell how long they are read, within what can be', async ({ assert }) => {
    const run = await aSentRun()
    const visit = (ago: number) =>
      signVisit({ runId: run, seq: 1, link: 0, since: new Date(Date.now() - ago * 1_000) })
    const beacon = (token: string, body: string) =>
      fetch(`${process.env.APP_URL}/b/${token}`, { method: 'POST', body })

    const token = visit(60)
    assert.equal((await beacon(token, '12000')).status, 204)
    for (const nonsense of ['', '-5', '1e9', 'x'.repeat(50), '{"ms":9}'])
      assert.equal((await beacon(token, nonsense)).status, 204)
    await beacon(visit(7_200), '5000')
    await beacon('A'.repeat(36), '5000')
    await eventBuffer.flush()
    assert.include((await rollups(run)).run, { visits: 1, dwell_ms: 12_000 })

    /** Longer than since the click it cannot be */
    await beacon(token, '999999999')
    await eventBuffer.flush()
    const { dwell_ms: ms } = (await rollups(run)).run
    assert.isAbove(ms, 59_000)
    assert.isBelow(ms, 70_000)
  })

  test('include a script of less than a kilobyte', async ({ client, assert }) => {
    const script = await client.get('/b.js')
    script.assertStatus(200)
    assert.match(script.header('content-type') ?? '', /javascript/)
    assert.isBelow(Number(script.header('content-length')), 1_024)
    assert.isFunction(new Function(script.text()))
  })
})
