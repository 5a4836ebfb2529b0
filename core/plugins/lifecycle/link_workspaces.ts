import { glob, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { hooks } from '@adonisjs/core/app'

/**
 * After a build: links the workspaces (SDK, plugins) inside build/node_modules, so that a build that is run in place
 * finds compiled code and not the TypeScript that the root's links point at.
 */
export default hooks.buildFinished(async () => {
  const { workspaces } = JSON.parse(await readFile('build/package.json', 'utf8')) as {
    workspaces: string[]
  }
  const manifests = glob(
    workspaces.map((workspace) => `${workspace}/package.json`),
    { cwd: 'build' }
  )
  for await (const manifest of manifests) {
    const { name } = JSON.parse(await readFile(join('build', manifest), 'utf8')) as { name: string }
    const link = join('build/node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await rm(link, { recursive: true, force: true })
    await symlink(relative(dirname(link), join('build', dirname(manifest))), link, 'junction')
  }
})
