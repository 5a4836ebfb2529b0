import { test } from '@japa/runner'
import { countAudience } from '#core/audience/audience_facts'
import { createList } from '#core/audience/lists/create_list'
import { exportCell } from '#core/http/csv/export_cell'
import { addContact } from '#core/audience/contacts/save_contact'
import { searchContacts } from '#core/audience/contacts/search_contacts'
import { suppressAddress } from '#core/audience/consent/suppress_address'
import { unsuppressAddress } from '#core/audience/consent/unsuppress_address'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'

async function newAccount(): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into accounts (name) values ('Essai') returning id`
  )
  return row!.id
}
const person = {
  firstName: 'Awa',
  lastName: 'Koné',
  city: null,
  consent: 'granted' as const,
  country: 'CI',
  phone: null,
  listId: null,
}

test.group('countAudience', () => {
  test('counts each contact once, and says why the others are left out', async ({ assert }) => {
    const accountId = await newAccount()
    const a = await createList({ accountId, name: 'A', by: SYSTEM })
    const b = await createList({ accountId, name: 'B', by: SYSTEM })
    const both = await addContact({
      ...person,
      accountId,
      email: 'un@exemple.ci',
      phone: '0783778353',
      listId: a.id,
    })
    await sql('insert into contact_list_members (list_id, contact_id) values ($1, $2)', [
      b.id,
      both.id,
    ])
    await addContact({
      ...person,
      accountId,
      email: 'deux@exemple.ci',
      listId: a.id,
      consent: 'unknown',
    })
    await addContact({
      ...person,
      accountId,
      email: 'trois@exemple.ci',
      phone: '0783778353',
      listId: b.id,
    })
    await addContact({ ...person, accountId, email: null, phone: '+221770000000', listId: b.id })
    await suppressAddress({
      accountId,
      address: 'TROIS@exemple.ci',
      reason: 'unsubscribed',
      source: 'test',
    })

    const email = await countAudience({ accountId, listIds: [a.id, b.id], address: 'email' })
    assert.deepInclude(email, {
      total: 4,
      reachable: 1,
      excluded: {
        no_address: 1,
        suppressed: 1,
        unconsented: 1,
        duplicate: 0,
        answered: 0,
        asked: 0,
      },
    })
    const phone = await countAudience({ accountId, listIds: [a.id, b.id], address: 'phone' })
    assert.deepInclude(phone, {
      total: 4,
      reachable: 2,
      excluded: {
        no_address: 1,
        suppressed: 0,
        unconsented: 0,
        duplicate: 1,
        answered: 0,
        asked: 0,
      },
    })
    assert.deepEqual(
      phone.groups.map((group) => [group.country, group.prefix, group.count]).sort(),
      [
        ['CI', '22507', 1],
        ['SN', '22177', 1],
      ]
    )
  })

  test('gives another hash when somebody leaves, and the same when nobody does', async ({
    assert,
  }) => {
    const accountId = await newAccount()
    const list = await createList({ accountId, name: 'A', by: SYSTEM })
    await addContact({ ...person, accountId, email: 'un@exemple.ci', listId: list.id })
    await addContact({ ...person, accountId, email: 'deux@exemple.ci', listId: list.id })
    const count = () => countAudience({ accountId, listIds: [list.id], address: 'email' })
    const before = await count()
    assert.equal((await count()).hash, before.hash)
    await suppressAddress({ accountId, address: 'un@exemple.ci', reason: 'manual', source: 'test' })
    assert.notEqual((await count()).hash, before.hash)
    await unsuppressAddress({ accountId, address: 'un@exemple.ci' })
    assert.equal((await count()).hash, before.hash)
  })

  test('counts nobody of another account', async ({ assert }) => {
    const [mine, theirs] = [await newAccount(), await newAccount()]
    const list = await createList({ accountId: theirs, name: 'A', by: SYSTEM })
    await addContact({ ...person, accountId: theirs, email: 'un@exemple.ci', listId: list.id })
    assert.equal(
      (await countAudience({ accountId: mine, listIds: [list.id], address: 'email' })).total,
      0
    )
  })

  test('suppresses once, whatever the spelling, and keeps the first reason', async ({ assert }) => {
    const accountId = await newAccount()
    await suppressAddress({
      accountId,
      address: '00225 07 83 77 83 53',
      reason: 'complained',
      source: 'test',
    })
    await suppressAddress({
      accountId,
      address: '07 83 77 83 53',
      reason: 'manual',
      source: 'test',
    })
    assert.deepEqual(
      await sql('select address, reason from suppressions where account_id = $1', [accountId]),
      [{ address: '+2250783778353', reason: 'complained' }]
    )
  })

  test('finds a contact by {0}')
    .with(['awa ko', 'Koné Awa', 'UN@ex', '07 83 77', '+225 0783778353', '0783778353'])
    .run(async ({ assert }, search) => {
      const accountId = await newAccount()
      await addContact({ ...person, accountId, email: 'un@exemple.ci', phone: '0783778353' })
      const page = await searchContacts({ accountId, search, country: 'CI' })
      assert.lengthOf(page.rows, 1)
      assert.lengthOf((await searchContacts({ accountId, search: '100%_', country: 'CI' })).rows, 0)
    })

  test('makes {0} harmless in a spreadsheet')
    .with(['=1+1', '+33', '-2', '@cmd', '\tx', '\rx', '＝1'])
    .run(({ assert }, cell) => {
      assert.match(exportCell(cell), /^"?'/)
    })
})
