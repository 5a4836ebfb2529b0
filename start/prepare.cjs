/*
| Runs before `npm start` and `npm test`, under whatever Node the machine has: installs from the lock file when that
| was not done yet. Plain CommonJS with node: imports only, because nothing else may be there.
*/
const { existsSync, statSync } = require('node:fs')
const { spawnSync } = require('node:child_process')
const { join } = require('node:path')

const root = join(__dirname, '..')
const major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(
    `Griot needs Node 20 or newer to install itself; this is Node ${process.versions.node}.`
  )
  process.exit(1)
}

const lock = join(root, 'package-lock.json')
const installed = join(root, 'node_modules', '.package-lock.json')
const stale = !existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs
if (stale) {
  console.log('Installing dependencies (about a minute and a half, once)…')
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (done.status !== 0) {
    console.error(
      'The installation failed. Is the npm registry reachable, and is there 1 GB of free disk?'
    )
    process.exit(done.status || 1)
  }
}
