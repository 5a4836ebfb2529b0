import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import { aClient } from '#tests/line_kit'
import User from '#core/identity/models/user'

test.group('A page that is not there', () => {
  test('keeps the menu for somebody who is signed in, and has none for others', async ({
    client,
    assert,
  }) => {
    const { userId } = await aClient()
    const path = `/portal/campaigns/${randomUUID()}`
    const own = await client
      .get(path)
      .withGuard('portal')
      .loginAs(await User.findOrFail(userId))
    own.assertStatus(404)
    own.assertTextIncludes('href="/portal/wallet"')

    const stranger = await client.get('/nothing-there')
    stranger.assertStatus(404)
    assert.notInclude(stranger.text(), 'href="/portal/wallet"')
  })
})
