import { test } from '@japa/runner'
import { aPerson, CLIENT, formTo, openHouse, PHONE, reloadUntil, send, signIn } from './house.js'

const CSV = [
  'Nom;Courriel;Accord',
  'Konaté;konate@example.net;oui',
  'Bationo;bationo@example.net;oui',
].join('\n')

test.group('Without JavaScript', (group) => {
  group.setup(() => openHouse())

  test('somebody imports, writes a campaign, launches it and follows it, on a telephone', async ({
    browser,
    assert,
  }) => {
    const { page, close } = await aPerson(browser, { javaScriptEnabled: false, viewport: PHONE })
    await signIn(page, CLIENT)

    await page.goto('/portal/contacts/imports/new')
    await page.setInputFiles('#file', {
      name: 'sans-script.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(CSV),
    })
    await send(page, formTo(page, '/portal/contacts/imports'))
    await page.locator('select[name="mapping[0]"]').selectOption('last_name')
    await page.fill('#new_list', 'Sans script')
    await send(page, formTo(page, '/start'))
    await reloadUntil(page, async () => (await page.innerText('h1')) === 'Import terminé')
    assert.match(await page.innerText('main'), /2 lignes lues, 2 contacts gardés/)

    await page.goto('/portal/campaigns/new')
    await page.fill('#name', 'Sans script')
    await send(page, formTo(page, '/portal/campaigns'))
    await page.getByLabel('Sans script').check()
    await send(page, formTo(page, '/audience'))
    await page.getByLabel('Objet').fill('Bonjour')
    await page.getByLabel('Modèle').selectOption({ index: 1 })
    await send(page, formTo(page, '/message'))
    await send(page, formTo(page, '/sending'))
    await send(page, formTo(page, '/quote'))
    assert.match(await page.innerText('main'), /Envoyer à 2 contacts – 5\sF\sCFA maximum/)

    await send(page, formTo(page, '/launch'))
    await reloadUntil(page, async () => (await page.innerText('main')).includes('Terminée'))
    assert.match(await page.innerText('main'), /Acceptés\s+2\b/)
    await close()
  }).timeout(60_000)

  test('the menu, the language and the colours answer', async ({ browser, assert }) => {
    const { page, close } = await aPerson(browser, { javaScriptEnabled: false, viewport: PHONE })
    await signIn(page, CLIENT)
    await page.locator('.drawer > summary').click()
    await page.locator('.drawer-panel').getByRole('button', { name: 'English' }).click()
    await page.waitForLoadState()
    assert.equal(await page.getAttribute('html', 'lang'), 'en')
    await page.locator('.drawer > summary').click()
    await page.locator('.drawer-panel').getByRole('button', { name: 'Dark' }).click()
    await page.waitForLoadState()
    assert.equal(await page.getAttribute('html', 'data-bs-theme'), 'dark')
    await close()
  })
})
