import app from '@adonisjs/core/services/app'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright'
import { closeDeliveryPool } from '#core/runs/delivery_pool'
import { runWorker } from '#core/jobs/run_worker'
import pluginKernel from '#core/plugins/main'
import { runSimulators } from '#core/plugins/sandbox/run_simulators'
import { closeFactIntake } from '#core/facts/fact_intake'
import { startLiveBridge } from '#core/reporting/live/live_bridge'
import { closeEventBuffer } from '#core/tracking/intake/event_buffer'
import { seedDemo } from '#database/seeders/demo'
import { seedInstallation } from '#database/seeders/installation'
import { buildAssetsWhenStale } from '#start/build_assets'
import { suiteCleanups } from '#tests/suite_cleanups'

/*
| Everything that `npm start` runs, in this process: simulators, seeds, the worker and the live channels. Tests are people
| who use it.
*/

export const CLIENT = { email: 'awa@marche-etoile.ci', password: 'griot-demo' }
export const STAFF = { email: 'admin@griot.localhost', password: 'griot-demo' }
export const DESKTOP = { width: 1280, height: 800 }
export const PHONE = { width: 360, height: 740 }

const NEVER_SLOWER_THAN_MS = 15_000

let opened: Promise<void> | null = null

/** Opens the house once for all files of the suite; it closes with the suite */
export function openHouse(): Promise<void> {
  return (opened ??= open())
}

async function open(): Promise<void> {
  await buildAssetsWhenStale({
    root: app.appRoot,
    say: (line) => process.stderr.write(`${line}\n`),
  })
  const simulators = await runSimulators({ mailboxPort: Number(process.env.SANDBOX_SMTP_PORT) })
  await seedInstallation()
  await seedDemo({ people: 120 })
  const bridge = await startLiveBridge()
  const worker = await runWorker({ heldFlags: () => pluginKernel.heldFlags(), concurrency: 4 })
  suiteCleanups.push(async () => {
    await worker.stop()
    await bridge.stop()
    await simulators.stop()
    await closeEventBuffer()
    await closeFactIntake()
    await closeDeliveryPool()
  })
}

export type Person = {
  readonly page: Page
  readonly context: BrowserContext
  close(): Promise<void>
}

/** Somebody with a browser of their own, at this installation */
export async function aPerson(
  browser: Browser,
  o: { locale?: 'fr' | 'en'; viewport?: { width: number; height: number } } & Omit<
    BrowserContextOptions,
    'locale' | 'viewport'
  > = {}
): Promise<Person> {
  const { locale = 'fr', viewport = DESKTOP, ...more } = o
  const context = await browser.newContext({
    baseURL: process.env.APP_URL as string,
    locale: locale === 'fr' ? 'fr-FR' : 'en-GB',
    viewport,
    timezoneId: 'Africa/Abidjan',
    reducedMotion: 'reduce',
    ...more,
  })
  /** Whose cookies are taken over may have chosen another language when they signed in */
  if (o.locale)
    await context.addCookies([
      { name: 'locale', value: o.locale, url: process.env.APP_URL as string },
    ])
  context.setDefaultTimeout(NEVER_SLOWER_THAN_MS)
  const page = await context.newPage()
  return { page, context, close: () => context.close() }
}

/** Signs in with the mouse and lands on the first page of that face */
export async function signIn(
  page: Page,
  who: typeof CLIENT,
  face: 'portal' | 'admin' = 'portal'
): Promise<void> {
  await page.goto(face === 'admin' ? '/admin/signin' : '/signin')
  await page.fill('#email', who.email)
  await page.fill('#password', who.password)
  await send(page, page.locator('main form.griot-form'))
  await page.waitForURL((url) => url.pathname === `/${face}`)
}

/** Presses the button of a form and waits for the page that follows */
export async function send(page: Page, form: ReturnType<Page['locator']>): Promise<void> {
  await Promise.all([
    page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame()),
    form.locator('button[type=submit]').first().click(),
  ])
  await page.waitForLoadState('load')
}

/** The form whose address ends so */
export const formTo = (page: Page, action: string) =>
  page.locator(`main form[action$="${action}"], main form[action*="${action}?_csrf="]`)

/** Looks again until the page says so: what workers do shows a moment later */
export async function reloadUntil(
  page: Page,
  seen: () => Promise<boolean>,
  o: { seconds?: number } = {}
): Promise<void> {
  const end = Date.now() + (o.seconds ?? 20) * 1_000
  while (!(await seen())) {
    if (Date.now() > end)
      throw new Error(
        `${page.url()} did not come to say it in time:\n${(await page.locator('main').innerText()).slice(0, 1_500)}`
      )
    await page.waitForTimeout(250)
    await page.reload()
  }
}

/** Moves with Tab until the element has the focus, as somebody without a mouse does */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector))
      return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${selector} on ${page.url()}`)
}
