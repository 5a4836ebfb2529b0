import { test } from '@japa/runner'
import { RenderBudget } from '#core/delivery/dispatch/render_budget'
import { compileTemplate } from '#core/content/templates/compile_template'
import { TemplateInvalidError } from '#core/content/errors'
import { inThread } from '#core/content/threads/in_thread'
import { ThreadEndedError } from '#core/content/threads/working_thread'

const module = new URL('./fixtures/endless.js', import.meta.url)

test.group('A thread', (group) => {
  group.tap((one) => one.timeout(20_000))

  test('is ended when its task goes on for ever, says where it was, and delays no other account', async ({
    assert,
  }) => {
    const before = performance.now()
    const ended = inThread({ module, name: 'endless', accountId: 'slow', input: { at: 7 } }).then(
      () => null,
      (error: unknown) => error
    )
    await compileTemplate({ accountId: 'other', format: 'html', source: '<p>a</p>' })
    assert.isBelow(performance.now() - before, 1_900)
    const error = await ended
    assert.instanceOf(error, TemplateInvalidError)
    const cause = (error as TemplateInvalidError).cause
    assert.instanceOf(cause, ThreadEndedError)
    assert.deepEqual(
      [(cause as ThreadEndedError).limit, (cause as ThreadEndedError).item],
      ['time', 7]
    )
    assert.isBelow(performance.now() - before, 9_000)
  })

  test('is ended when its task takes too much memory', async ({ assert }) => {
    const error = await inThread({ module, name: 'greedy', accountId: 'greedy', input: null }).then(
      () => null,
      (caught: unknown) => caught
    )
    assert.equal((error as TemplateInvalidError).refusal.reason, 'too_much_memory')
  })
})

test.group('The budget of rendering', () => {
  test('lets ordinary messages through for ever, makes a slow account wait, and gives back', ({
    assert,
  }) => {
    const budget = new RenderBudget()
    for (let window = 0; window < 1_000; window++)
      budget.spend({ accountId: 'a', messages: 20, used: 20 * 300, now: window })
    assert.isAbove(budget.allowed('a', 20, 1_000), 2_000_000)
    budget.spend({ accountId: 'b', messages: 1, used: 3_000_000, now: 0 })
    assert.equal(budget.allowed('b', 20, 0), 0)
    assert.isAbove(budget.allowed('a', 20, 0), 0)
    const again = budget.again('b', 0).getTime()
    assert.isAbove(budget.allowed('b', 20, again), 0)
  })
})
