import { test } from '@japa/runner'
import PostalMime from 'postal-mime'
import type { Page } from 'playwright'
import { aPerson, formTo, openHouse, reloadUntil, send, signIn, STAFF, tabTo } from './house.js'

const OWNER = {
  name: 'Mariam Ouattara',
  email: 'mariam@atelier-ouattara.ci',
  password: 'une phrase assez longue',
}
const COMPANY = 'Atelier Ouattara'
const SHOP = 'https://boutique.example.com/offres'

/** Ten people as Excel in French saves them: one address twice, one that is none, one without, one refusal, one question never asked */
const CSV = Buffer.from(
  [
    'Prénom;Nom;Adresse e-mail;Téléphone;Ville;Consentement',
    'Aïcha;Koné;aicha.kone@example.com;07 01 02 03 04;Abidjan;oui',
    'Yao;N’Guessan;yao.nguessan@example.com;0504030201;Bouaké;oui',
    'Zoé;Traoré;zoe.traore@example.com;+225 01 02 03 04 05;San-Pédro;oui',
    'Moussa;Diallo;moussa.diallo@example.com;;Korhogo;oui',
    'Élodie;Camara;elodie.camara@example.com;;Abidjan;oui',
    'Aïcha;Koné;AICHA.KONE@example.com;0701020304;Abidjan;oui',
    'Kossi;Mensah;kossi.mensah(at)example.com;;Lomé;oui',
    'Adjoua;Sow;;;Man;oui',
    'Cheikh;Ndiaye;cheikh.ndiaye@example.com;;Dakar;non',
    'Kwame;Agbéko;kwame.agbeko@example.com;;Accra;',
  ].join('\r\n'),
  'latin1'
)

const TELEPHONE =
  'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'

test.group('From sign-up to the report', (group) => {
  group.setup(() => openHouse())

  test('a company signs up, imports, writes, launches, and reads what came of it', async ({
    browser,
    assert,
  }) => {
    const person = await aPerson(browser)
    const staff = await aPerson(browser)
    const { page } = person

    /* Opens an account, by keyboard alone */
    await page.goto('/signup')
    await type(page, '#company', COMPANY)
    await type(page, '#full_name', OWNER.name)
    await type(page, '#email', OWNER.email)
    await type(page, '#password', OWNER.password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/confirm')
    assert.include(await page.innerText('main'), OWNER.email)
    await page.goto('/portal')
    assert.equal(
      new URL(page.url()).pathname,
      '/signin',
      'an address that is not confirmed opens no portal'
    )

    /* The operator signs in by keyboard, and reads the mail in the Sandbox */
    await staff.page.goto('/admin/signin')
    await type(staff.page, '#email', STAFF.email)
    await type(staff.page, '#password', STAFF.password)
    await staff.page.keyboard.press('Enter')
    await staff.page.waitForURL('**/admin')
    const asked = await readMail(staff.page, OWNER.email)
    const link = new RegExp(`${process.env.APP_URL}/confirm/[\\w-]+`).exec(asked.text ?? '')?.[0]
    assert.isDefined(link)

    await page.goto(link as string)
    await send(page, formTo(page, new URL(link as string).pathname))
    assert.equal(new URL(page.url()).pathname, '/portal')

    /* The operator finds the client and credits the wallet: first checked, then done */
    await staff.page.goto('/admin/clients?q=Ouattara')
    await staff.page.click(`main a:has-text("${COMPANY}")`)
    const client = staff.page.url()
    await staff.page.goto(`${client}/credit`)
    await staff.page.fill('#amount', '1 000')
    await staff.page.fill('#reason', 'Virement du 22 novembre')
    await send(staff.page, formTo(staff.page, '/credit'))
    assert.match(await staff.page.innerText('main'), /Rien n’est encore crédité/)
    await send(staff.page, formTo(staff.page, '/credit'))
    assert.match(await staff.page.innerText('main'), /1\s000\sF\sCFA/)

    /* Imports a file: upload, columns, progress, result */
    await page.goto('/portal/contacts/imports/new')
    await page.setInputFiles('#file', { name: 'clients.csv', mimeType: 'text/csv', buffer: CSV })
    await send(page, formTo(page, '/portal/contacts/imports'))
    assert.deepEqual(
      await page
        .locator('select[name^="mapping"]')
        .evaluateAll((all) => all.map((one) => (one as { value?: string }).value)),
      ['first_name', 'last_name', 'email', 'phone', 'city', 'consent']
    )
    await page.fill('#new_list', 'Clientes de novembre')
    await send(page, formTo(page, '/start'))
    await reloadUntil(page, async () => (await page.innerText('h1')) === 'Import terminé')
    const result = await page.innerText('main')
    assert.match(result, /10 lignes lues, 7 contacts gardés/)
    assert.include(result, 'kossi.mensah(at)example.com')
    const [problems] = await Promise.all([
      page.waitForEvent('download'),
      page.click('a[href$="/problems.csv"]'),
    ])
    assert.match(problems.suggestedFilename(), /\.csv$/)

    /* Writes a template */
    await page.goto('/portal/templates/new')
    await page.fill('#name', 'Soldes de l’atelier')
    await send(page, formTo(page, '/portal/templates'))
    const source = await page.inputValue('#source')
    await page.fill(
      '#source',
      source
        .replace('https://example.com', SHOP)
        .replace('Votre message ici.', 'Les pagnes sont à moitié prix jusqu’à samedi.')
    )
    await send(page, page.locator('main form.griot-form'))
    assert.match(
      await page.frameLocator('iframe.preview-frame').locator('body').innerText(),
      /moitié prix/
    )

    /* The campaign: name, audience, message, price, launch */
    await page.goto('/portal/campaigns/new')
    await page.fill('#name', 'Soldes de novembre')
    await send(page, formTo(page, '/portal/campaigns'))
    await page.getByLabel('Clientes de novembre').check()
    await send(page, formTo(page, '/audience'))
    await page.getByLabel('Objet').fill('{{ contact.first_name }}, les soldes commencent')
    await page.getByLabel('Modèle').selectOption({ label: 'Soldes de l’atelier' })
    await send(page, formTo(page, '/message'))
    await send(page, formTo(page, '/sending'))
    await send(page, formTo(page, '/quote'))
    const quote = await page.innerText('main')
    assert.match(quote, /Contacts joignables\s+5\b/)
    assert.match(quote, /Envoyer à 5 contacts – 1[2-5]\sF\sCFA maximum/)
    await send(page, formTo(page, '/launch'))

    /* The live page follows by itself until the end */
    await page.waitForFunction(
      () =>
        document
          .querySelector('h1')
          ?.parentElement?.parentElement?.textContent?.includes('Terminée'),
      null,
      { timeout: 30_000 }
    )
    assert.match(await page.innerText('main'), /Acceptés\s+5\b/)
    const campaign = page.url()

    /* Somebody reads the mail, sees its picture and follows its link: no further than our redirection */
    const mail = await readMail(staff.page, 'zoe.traore@example.com')
    assert.equal(mail.subject, 'Zoé, les soldes commencent')
    const inMail = (path: string) =>
      new RegExp(`${process.env.APP_URL}/${path}/[\\w.-]+`).exec(mail.html ?? '')?.[0] as string
    const reader = await aPerson(browser)
    /** A telephone, some seconds later: who reads sooner, or with a browser that nobody sees, is taken for a machine */
    const headers = { 'user-agent': TELEPHONE }
    await page.waitForTimeout(2_500)
    const pixel = await reader.context.request.get(inMail('o'), { headers })
    assert.equal(pixel.headers()['content-type'], 'image/gif')
    const click = await reader.context.request.get(inMail('c'), { headers, maxRedirects: 0 })
    assert.equal(click.status(), 302)
    assert.equal(click.headers().location, SHOP)
    await reader.close()

    await page.goto(`${campaign}/report`)
    await reloadUntil(page, async () => /\b1 contact a cliqué/.test(await page.innerText('main')))
    assert.match(await page.innerText('main'), new RegExp(`${SHOP}\\s+1\\b`))

    /* The wallet says what was set aside, taken and given back */
    await page.goto('/portal/wallet')
    const wallet = await page.innerText('main')
    for (const word of ['Recharge', 'Somme réservée', 'Débit']) assert.include(wallet, word)
    await person.close()
    await staff.close()
  }).timeout(120_000)

  test('a refused form says why, at the field, keeps what was typed and takes the focus', async ({
    browser,
    assert,
  }) => {
    const { page, close } = await aPerson(browser)
    await page.goto('/signin')
    await type(page, '#email', 'personne@example.com')
    await type(page, '#password', 'pas le bon')
    await page.keyboard.press('Enter')
    await page.getByText('L’adresse ou le mot de passe ne convient pas').waitFor()
    assert.equal(await page.inputValue('#email'), 'personne@example.com')
    assert.equal(await page.inputValue('#password'), '')

    await page.goto('/signup')
    await type(page, '#company', 'Chez Personne')
    await type(page, '#full_name', 'Personne')
    await type(page, '#email', 'personne@example.com')
    await type(page, '#password', 'court')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.id === 'error-summary')
    assert.equal(await page.inputValue('#company'), 'Chez Personne')
    assert.equal(await page.getAttribute('#password', 'aria-invalid'), 'true')
    const said = await page.innerText('#error-summary a')
    assert.match(said, /^Mot de passe\s: /)
    assert.include(said, (await page.innerText('#password-error')).trim())
    await page.click('#error-summary a')
    await page.waitForFunction(() => document.activeElement?.id === 'password')
    await close()
  })

  test('one browser serves staff and client apart', async ({ browser, assert }) => {
    const { page, close } = await aPerson(browser)
    await signIn(page, STAFF, 'admin')
    await page.goto('/portal')
    assert.equal(new URL(page.url()).pathname, '/signin')
    await close()
  })
})

async function type(page: Page, selector: string, text: string): Promise<void> {
  await tabTo(page, selector)
  await page.keyboard.type(text)
}

/** Finds the newest mail to an address in the Sandbox, as the operator does, and reads the file that the page offers */
async function readMail(page: Page, recipient: string) {
  await page.goto(`/admin/sandbox?q=${encodeURIComponent(recipient)}`)
  await reloadUntil(page, async () => (await page.locator('main tbody tr').count()) > 0)
  await page.locator('main tbody tr a').first().click()
  await page.waitForURL(/\/admin\/sandbox\/[\w-]{36}$/)
  const raw = await page.context().request.get(`${page.url()}/raw`)
  return PostalMime.parse(await raw.body())
}
