import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { Edge } from 'edge.js'
import { HELPER_NAMES } from '#core/http/pages/view_helpers'
import { checkTemplate } from '#core/themes/check_template'

const ROOT = new URL('../../../', import.meta.url).pathname
const tags = Edge.create().tags

const templates = globSync(
  ['themes/*/templates/**/*.edge', 'resources/views/components/**/*.edge'],
  { cwd: ROOT }
)

test.group('Our own templates', () => {
  for (const file of templates) {
    test(`${file} says nothing that a theme may not`, ({ assert }) => {
      const source = readFileSync(join(ROOT, file), 'utf8')
      const { issues } = checkTemplate({
        source,
        name: file,
        tags,
        helpers: HELPER_NAMES,
        bundled: true,
      })
      assert.isEmpty(issues)
      assert.notMatch(source, /\sstyle="|\son[a-z]+="|<script(?![^>]*nonce)/)
    })
  }
})
