import { test } from '@japa/runner'
import { aPerson, CLIENT, formTo, openHouse, send, signIn } from './house.js'

test.group('Writing a template', (group) => {
  group.setup(() => openHouse())

  test('loses no text: a page that is left warns, and what was typed comes back also without a session', async ({
    assert,
    browser,
  }) => {
    const { page, context, close } = await aPerson(browser)
    await signIn(page, CLIENT)
    await page.goto('/portal/templates/new')
    await page.fill('#name', 'Brouillon')
    await page.check('input[name="format"][value="html"]')
    await send(page, formTo(page, '/portal/templates'))
    const place = page.url()
    const typed = `<p>Texte ${'long '.repeat(800)}</p>`

    await page.fill('#source', typed)
    await page.waitForTimeout(600)
    let warned = false
    page.on('dialog', (dialog) => {
      warned = dialog.type() === 'beforeunload'
      void dialog.accept()
    })
    await page.goto('/portal/templates')
    assert.isTrue(warned)
    await page.goto(place)
    assert.isTrue(await page.isVisible('[x-ref="kept"]'))
    await page.click('[x-ref="kept"] .btn >> nth=0')
    assert.equal(await page.inputValue('#source'), typed)

    /** The session is gone when it is sent */
    await context.clearCookies()
    await Promise.all([
      page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame()),
      page.click('main form.griot-form .form-foot button[type=submit]'),
    ])
    await page.waitForURL(/\/signin$/)
    assert.include(await page.innerText('main'), 'Votre saisie est conservée')
    await page.fill('#email', CLIENT.email)
    await page.fill('#password', CLIENT.password)
    await send(page, page.locator('main form.griot-form'))
    assert.equal(page.url(), place)
    assert.equal(await page.inputValue('#source'), typed)

    await Promise.all([
      page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame()),
      page.click('main form.griot-form .form-foot button[type=submit]'),
    ])
    await page.waitForLoadState('load')
    assert.isFalse(await page.isVisible('[x-ref="kept"]'))
    assert.equal(await page.inputValue('#source'), typed)
    await close()
  }).timeout(60_000)
})
