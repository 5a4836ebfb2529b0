import type { Browser, BrowserContext } from 'playwright-core'
import User from '#core/identity/models/user'
import { stopChild } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import { launchChromium } from '#tests/find_chromium'
import { aRichClient } from '#tests/measure_kit'
import { aFilledRun, aQuietMailService, aWebProcess } from '#tests/sent_run_kit'
import { fillEvents } from './fill_events.js'
import { aSignedInCookie } from './signed_in_cookie.js'

/** What one look at a page took from the network */
type Visit = { readonly kb: number; readonly requests: number }

/** Nothing came for so long: the page is whole */
const QUIET_MS = 2_000

/** A telephone of the first market */
const PHONE = { width: 360, height: 780 }

/**
 * The five most used pages as Chromium receives them: with an empty cache, then once more. Bytes are those on the wire, headers
 * and compression counted, as its network stack reports them; what comes out of its cache is none.
 */
export async function benchFirstVisit({ root, say }: MeasureContext) {
  const serviceId = await aQuietMailService()
  const client = await aRichClient()
  const { campaignId, runId } = await aFilledRun({
    client,
    serviceId,
    deliveries: 1_000,
    large: false,
  })
  await fillEvents(runId, 1_000)
  const paths = [
    '/',
    '/signin',
    '/portal',
    '/portal/contacts',
    `/portal/campaigns/${campaignId}/report`,
  ]

  const port = Number(process.env.PORT)
  const web = await aWebProcess(root, port)
  const browser = await launchChromium()
  try {
    const base = `http://localhost:${port}`
    const email = (await User.findOrFail(client.userId)).email
    const cookie = await aSignedInCookie(base, email)
    const pages = []
    for (const path of paths) {
      const signedIn = path.startsWith('/portal')
      const found = await visits({ browser, url: base + path, cookie: signedIn ? cookie : null })
      pages.push({ page: path.replace(campaignId, ':id'), ...found })
      say(JSON.stringify(pages.at(-1)))
    }
    return {
      pages,
      first_kb_max: Math.max(...pages.map((page) => page.first.kb)),
      repeat_kb_max: Math.max(...pages.map((page) => page.repeat.kb)),
    }
  } finally {
    await browser.close()
    await stopChild(web)
  }
}

async function visits(o: { browser: Browser; url: string; cookie: string | null }) {
  const context = await o.browser.newContext({ viewport: PHONE, locale: 'fr-FR' })
  try {
    if (o.cookie)
      await context.addCookies(
        o.cookie.split('; ').map((pair) => {
          const at = pair.indexOf('=')
          return { name: pair.slice(0, at), value: pair.slice(at + 1), url: o.url }
        })
      )
    return { first: await visit(context, o.url), repeat: await visit(context, o.url) }
  } finally {
    await context.close()
  }
}

async function visit(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage()
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  let bytes = 0
  const asked = new Set<string>()
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (!response.fromDiskCache && !response.url.startsWith('data:')) asked.add(requestId)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (asked.has(requestId)) bytes += encodedDataLength
  })
  /** A page that listens for live figures never falls silent. What it loads by itself, charts as they come into view, is there soon */
  const answer = await page.goto(url, { waitUntil: 'load' })
  if (answer?.status() !== 200) throw new Error(`${url} answered ${answer?.status()}`)
  for (const chart of await page.locator('[data-chart]').all()) await chart.scrollIntoViewIfNeeded()
  for (let before = -1; before !== bytes;) {
    before = bytes
    await page.waitForTimeout(QUIET_MS)
  }
  await page.close()
  return { kb: Math.round(bytes / 100) / 10, requests: asked.size }
}
