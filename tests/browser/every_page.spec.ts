import { mkdirSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import router from '@adonisjs/core/services/router'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import type { Browser, BrowserContext, Page } from 'playwright'
import { aPerson, CLIENT, DESKTOP, openHouse, PHONE, signIn, STAFF } from './house.js'
import { barriersAt, watch, wrongAt } from './look.js'
import { NO_PAGE, seedPages, UNCONFIRMED, type ListedPage } from './pages.js'

/** Pages open at once in one browser; a page that is not in front is slow to be pictured */
const AT_ONCE = process.env.SHOTS ? 1 : 2
/** Tests that look at everything take longer than others */
const MS = process.env.SHOTS ? 900_000 : 300_000

type Mode = 'light' | 'dark'
type Look = { readonly viewport: { width: number; height: number }; readonly mode: Mode }

/** Each page is opened once in each language, and then looked at in all these ways, with the fewest changes between them */
const LOOKS: readonly Look[] = [
  { viewport: DESKTOP, mode: 'light' },
  { viewport: DESKTOP, mode: 'dark' },
  { viewport: PHONE, mode: 'dark' },
  { viewport: PHONE, mode: 'light' },
]

/** What keeps people out does not depend on the language */
const AXE_IN = 'fr'

/** What anybody may send: themselves, their language, the look of pages; and a template to its preview */
const READERS_OWN = [
  /^\/(?:locale|colour-mode|signout|portal\/switch)(?:\?|$)/,
  /^\/portal\/settings\/(?:profile|password)$/,
  /^\/portal\/templates\/[0-9a-f-]{36}$/,
]

/** Where the forms of a page are posted to */
const postsOf = (html: string): string[] =>
  [...html.matchAll(/<form\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => /method="post"/.test(tag))
    .map((tag) => /action="([^"]*)"/.exec(tag)?.[1] ?? '')

type Visitors = Readonly<
  Record<ListedPage['who'], Awaited<ReturnType<BrowserContext['storageState']>> | undefined>
>

let seeded: Promise<{ pages: ListedPage[]; visitors: Visitors }> | null = null

/** Seeds once, and signs everybody in once: the looks share their cookies */
function prepare(browser: Browser) {
  return (seeded ??= (async () => {
    const { pages } = await seedPages()
    const both = await aPerson(browser)
    await signIn(both.page, CLIENT)
    await signIn(both.page, STAFF, 'admin')
    const newcomer = await aPerson(browser)
    await newcomer.page.goto('/signin')
    await newcomer.page.fill('#email', UNCONFIRMED.email)
    await newcomer.page.fill('#password', UNCONFIRMED.password)
    await newcomer.page.keyboard.press('Enter')
    await newcomer.page.waitForURL('**/confirm')
    const visitors = {
      guest: undefined,
      everybody: await both.context.storageState(),
      unconfirmed: await newcomer.context.storageState(),
    }
    await both.close()
    await newcomer.close()
    return { pages, visitors }
  })())
}

test.group('Every page', (group) => {
  group.setup(() => openHouse())

  test('is listed here, or said to be none', async ({ browser, assert }) => {
    const { pages } = await prepare(browser)
    const routes = Object.values(router.toJSON())
      .flat()
      .filter((route) => route.methods.includes('GET') && !route.pattern.startsWith('/__transmit'))
      .map((route) => route.pattern)
    const listed = new Set([...pages.map((page) => page.route), ...NO_PAGE])
    assert.deepEqual(
      routes.filter((pattern) => !listed.has(pattern)),
      [],
      'add these to tests/browser/pages.ts'
    )
    assert.deepEqual(
      [...listed].filter((pattern) => pattern !== '*' && !routes.includes(pattern)),
      [],
      'these are gone: take them out of tests/browser/pages.ts'
    )
  }).timeout(MS)

  test('shows somebody who may only look no button that they may not press', async ({
    browser,
    assert,
    cleanup,
  }) => {
    const { pages, visitors } = await prepare(browser)
    const asRole = (role: 'owner' | 'reader') =>
      sql(
        `update memberships set role = $1 where user_id = (select id from users where email = $2)`,
        [role, CLIENT.email]
      )
    await asRole('reader')
    const { page, close } = await aPerson(browser, { storageState: visitors.everybody })
    cleanup(async () => {
      await close()
      await asRole('owner')
    })
    const forms = new Map<string, string>()
    let read = 0
    for (const { path } of pages.filter((one) => one.path.startsWith('/portal'))) {
      const answer = await page.request.get(path)
      if (answer.status() !== 200) continue
      read += 1
      for (const action of postsOf(await answer.text())) forms.set(action, path)
    }
    assert.isAbove(read, 15)
    assert.deepEqual(
      [...forms].filter(([action]) => !READERS_OWN.some((own) => own.test(action))),
      []
    )
  }).timeout(MS)

  for (const locale of ['fr', 'en'] as const) {
    test(`is in order in ${locale}, on a desk and on a telephone, light and dark`, async ({
      browser,
      assert,
    }) => {
      const { pages, visitors } = await prepare(browser)
      const wrong: string[] = []
      for (const who of ['guest', 'everybody', 'unconfirmed'] as const) {
        const waiting = pages.filter((page) => page.who === who)
        const {
          context,
          page: first,
          close,
        } = await aPerson(browser, {
          locale,
          storageState: visitors[who],
          colorScheme: 'light',
        })
        const walk = async (page: typeof first) => {
          const watched = await watch(page)
          for (let listed = waiting.shift(); listed; listed = waiting.shift()) {
            const found = await visit(page, listed, locale)
            wrong.push(
              ...[...found, ...(await watched.said())].map(
                (sentence) => `${listed.name} (${listed.path}) ${sentence}`
              )
            )
          }
        }
        await Promise.all([
          walk(first),
          ...(await Promise.all(Array.from({ length: AT_ONCE - 1 }, () => context.newPage()))).map(
            walk
          ),
        ])
        await close()
      }
      assert.equal(wrong.join('\n'), '')
    }).timeout(MS)
  }
})

async function visit(page: Page, listed: ListedPage, locale: 'fr' | 'en'): Promise<string[]> {
  const wrong: string[] = []
  await page.setViewportSize(DESKTOP)
  await page.emulateMedia({ colorScheme: 'light' })
  const answer = await page.goto(listed.path, { waitUntil: 'load' })
  if (answer?.status() !== listed.status) wrong.push(`answered ${answer?.status()}`)
  if (listed.status === 200 && new URL(page.url()).pathname !== listed.path.split('?')[0])
    wrong.push(`led to ${page.url()}`)

  for (const { viewport, mode } of LOOKS) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme: mode })
    await page
      .waitForFunction((wanted) => document.documentElement.dataset.bsTheme === wanted, mode, {
        polling: 20,
        timeout: 10_000,
      })
      .catch(() => wrong.push(`does not follow the device into the ${mode}`))
    const found = await wrongAt(page, locale)
    if (locale === AXE_IN && viewport === DESKTOP) found.push(...(await barriersAt(page, mode)))
    wrong.push(...found.map((sentence) => `at ${viewport.width} px, ${mode}: ${sentence}`))
    if (process.env.SHOTS) await shoot(page, `${locale}-${viewport.width}-${mode}`, listed.name)
  }
  return wrong
}

/** Pictures to look at: `SHOTS=1` */
async function shoot(page: Page, look: string, name: string): Promise<void> {
  const folder = app.makePath(`var/shots/${look}`)
  mkdirSync(folder, { recursive: true })
  await page.waitForTimeout(250)
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
  /** The picture of the README */
  if (look === 'fr-1280-light' && name === 'campaign-report') {
    await page.screenshot({
      path: app.makePath('docs/images/portal.png'),
      fullPage: true,
      clip: { x: 0, y: 0, width: DESKTOP.width, height: 1_000 },
    })
  }
}
