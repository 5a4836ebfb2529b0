import { test } from '@japa/runner'
import { sql } from '#core/database/sql'

async function peopled() {
  const [account] = await sql<{ id: string }>(
    `insert into accounts (name) values ('Essai') returning id`
  )
  const accountId = account!.id
  const lists = await sql<{ id: string }>(
    `insert into contact_lists (account_id, name) values ($1, 'A'), ($1, 'B') returning id`,
    [accountId]
  )
  const contacts = await sql<{ id: string }>(
    `insert into contacts (account_id, email) values ($1, 'a@exemple.ci'), ($1, 'b@exemple.ci') returning id`,
    [accountId]
  )
  await sql(
    `insert into contact_list_members (list_id, contact_id) select l.id, c.id from contact_lists l join contacts c using (account_id) where l.account_id = $1`,
    [accountId]
  )
  const members = async () => {
    const rows = await sql<{ key: string }>(
      'select list_id || contact_id::text as key from contact_list_members where list_id = any($1::uuid[])',
      [lists.map((list) => list.id)]
    )
    return rows.length
  }
  return { accountId, listId: lists[0]!.id, contactId: contacts[0]!.id, members }
}

/** What foreign keys would do, done once a statement (database/migrations/005_audience.ts) */
test.group('Triggers of the audience', () => {
  test('takes a contact out of its lists when it is deleted', async ({ assert }) => {
    const { contactId, members } = await peopled()
    assert.equal(await members(), 4)
    await sql('delete from contacts where id = $1', [contactId])
    assert.equal(await members(), 2)
  })

  test('empties a list when it is deleted', async ({ assert }) => {
    const { listId, members } = await peopled()
    await sql('delete from contact_lists where id = $1', [listId])
    assert.equal(await members(), 2)
  })

  test('takes contacts, lists and memberships with an account', async ({ assert }) => {
    const { accountId, members } = await peopled()
    await sql('delete from accounts where id = $1', [accountId])
    assert.equal(await members(), 0)
    assert.lengthOf(await sql('select id from contacts where account_id = $1', [accountId]), 0)
  })

  test('refuses contacts of no account and members of no list', async ({ assert }) => {
    const { contactId } = await peopled()
    await assert.rejects(
      () => sql(`insert into contacts (account_id, email) values (new_id(), 'c@exemple.ci')`),
      /account that does not exist/
    )
    await assert.rejects(
      () =>
        sql('insert into contact_list_members (list_id, contact_id) values (new_id(), $1)', [
          contactId,
        ]),
      /list that does not exist/
    )
  })
})
