import { readdirSync, readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { hasRight, PERMISSIONS, type Asker } from '#core/access/abilities'

const ASKERS: readonly Asker[] = [
  { face: 'portal', role: 'reader' },
  { face: 'portal', role: 'manager' },
  { face: 'portal', role: 'owner' },
  { face: 'admin', role: 'support' },
  { face: 'admin', role: 'admin' },
]
const ROOT = new URL('../../../core/', import.meta.url)

test.group('Abilities', () => {
  test('are these, and no others', ({ assert }) => {
    const rights = ASKERS.map((asker) => [
      `${asker.face} ${asker.role}`,
      PERMISSIONS.filter((permission) => hasRight(asker, permission)),
    ])
    const looking = ['wallet.view', 'contacts.view', 'campaigns.view', 'conversations.view']
    const working = [
      'wallet.view',
      'contacts.view',
      'contacts.edit',
      'templates.edit',
      'campaigns.view',
      'campaigns.edit',
      'campaigns.launch',
      'reports.export',
      'conversations.view',
      'conversations.edit',
    ]
    assert.deepEqual(Object.fromEntries(rights), {
      'portal reader': looking,
      'portal manager': working,
      'portal owner': [
        'account.manage',
        'members.manage',
        'wallet.view',
        'wallet.topup',
        ...working.slice(1),
      ],
      'admin support': [],
      'admin admin': [
        'staff.manage',
        'clients.suspend',
        'engine.operate',
        'money.move',
        'plugins.manage',
        'words.manage',
      ],
    })
  })

  test('are asked for in one way: no controller looks at a role, and none forgets to wait', ({
    assert,
  }) => {
    const controllers = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('_controller.ts')
    )
    assert.isAbove(controllers.length, 15)
    for (const file of controllers) {
      const text = readFileSync(new URL(file, ROOT), 'utf8')
      assert.notMatch(text, /\.role\s*(===|!==)/, file)
      for (const line of text.split('\n'))
        if (/\bauthorize\(ctx/.test(line)) assert.match(line, /await authorize\(ctx/, file)
    }
  })
})
