import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from '@japa/runner'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The command as the README gives it, from the root of a clone */
function commandOfReadme(): string[] {
  const readme = readFileSync(`${ROOT}README.md`, 'utf8')
  const [, line] = /^npm run (main-job .+)$/m.exec(readme) ?? []
  if (!line) throw new Error('the README gives no main job')
  return line.split(' ')
}

test.group('The main job', () => {
  test('runs as the README says, and every sum closes', async ({ assert }) => {
    const [name, dashes, ...words] = commandOfReadme()
    assert.deepEqual([name, dashes], ['main-job', '--'])
    const child = spawn(
      process.execPath,
      ['--import=@poppinss/ts-exec', 'bin/console.ts', name, ...words],
      {
        cwd: ROOT,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'development' },
        stdio: ['ignore', 'pipe', 'pipe'],
      }
    )
    let said = ''
    let complained = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number]
    assert.equal(code, 0, `${said}\n${complained}`)
    const figures = JSON.parse(said.trim().split('\n').at(-1) ?? '') as Record<string, number>
    assert.deepInclude(figures, { rows: 243, contacts: 241, invalid: 1, duplicates: 1 })
    assert.equal(
      figures.accepted + figures.rejected + figures.excluded + figures.uncertain,
      figures.audience
    )
    assert.equal(figures.received, figures.accepted)
    assert.equal(figures.charged + figures.released, figures.quoted_max)
    assert.equal(figures.wallet_before - figures.wallet_after, figures.charged)
    assert.isAbove(figures.clicks, 0)
  }).timeout(180_000)
})
